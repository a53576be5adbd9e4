import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthClient, Secret, createMemoryStore, credentials } from '../../src/index.js';
import { createTokenVerifier } from '../../src/jwt.js';
import { loginThroughLoopback } from '../../src/cli.js';
import {
  connect,
  introspectToken,
  pollDeviceToken,
  refreshTokens,
  requestClientCredentials,
  requestDeviceAuthorization,
  requestUserInfo,
  revokeToken,
} from '../../src/flows.js';
import { approveDevice, createBrowser } from '../support/browser.js';
import { api, machineKey, startProvider, type RunningProvider } from '../support/oidc-provider.js';

describe('flows against oidc-provider', () => {
  let provider: RunningProvider;
  beforeAll(async () => {
    provider = await startProvider();
  });
  afterAll(() => provider.close());
  const scopes = ['openid', 'profile', 'offline_access'];
  const connectCli = () => connect({ issuer: provider.issuer, clientId: 'cli', scopes });
  const login = async () => {
    const connection = await connectCli();
    const tokens = await loginThroughLoopback(connection, { onUrl: (url) => void createBrowser().open(url) });
    return { connection, tokens };
  };

  it('logs in through the browser and shows the true result there', async () => {
    const connection = await connectCli();
    let shown: Promise<{ url: string; text: string }> | undefined;
    const tokens = await loginThroughLoopback(connection, {
      onUrl: (url) => {
        shown = createBrowser().open(url);
      },
    });
    expect(tokens.subject).toBe('alice');
    expect(tokens.refreshToken).toBeTypeOf('string');
    const page = await shown;
    expect(page?.text).toContain('You are logged in');
    expect(page?.url).toMatch(/\/done$/);
  });

  it('logs in by code after a person has entered it', async () => {
    const connection = await connectCli();
    const device = await requestDeviceAuthorization(connection);
    await approveDevice(device.verificationUri, device.userCode);
    const tokens = await pollDeviceToken(connection, { ...device, intervalSeconds: 0.05 });
    expect(tokens.subject).toBe('alice');
  });

  it.each(['machine-client_secret_basic', 'machine-client_secret_post'])(
    'gets a token for the program %s',
    async (clientId) => {
      const clientAuthentication = clientId.endsWith('post') ? 'client_secret_post' : undefined;
      const clientSecret = Secret.from('a secret with + / % and spaces');
      const connection = await connect({ issuer: provider.issuer, clientId, clientSecret, clientAuthentication });
      expect((await requestClientCredentials(connection)).accessToken).toBeTypeOf('string');
    },
  );

  it('gets a token for a program with a private key', async () => {
    const privateKeyJwk = { ...machineKey.privateKey.export({ format: 'jwk' }), kid: 'm1', alg: 'ES256' };
    const connection = await connect({ issuer: provider.issuer, clientId: 'machine-key', privateKeyJwk });
    expect((await requestClientCredentials(connection)).accessToken).toBeTypeOf('string');
  });

  it('tells a wrong client secret apart from other failures', async () => {
    const clientSecret = Secret.from('wrong');
    const connection = await connect({
      issuer: provider.issuer,
      clientId: 'machine-client_secret_basic',
      clientSecret,
    });
    await expect(requestClientCredentials(connection)).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('refreshes, introspects, asks who it is, and revokes', async () => {
    const { connection, tokens } = await login();
    const next = await refreshTokens(connection, { refreshToken: tokens.refreshToken ?? '' });
    expect(next.refreshToken).not.toBe(tokens.refreshToken);
    expect(await requestUserInfo(connection, { accessToken: next.accessToken })).toMatchObject({
      subject: 'alice',
      username: 'alice-name',
    });
    expect(await introspectToken(connection, { token: next.accessToken })).toMatchObject({ active: true });
    const token = next.refreshToken ?? '';
    expect(await revokeToken(connection, { token, hint: 'refresh_token' })).toBe('revoked');
    await expect(refreshTokens(connection, { refreshToken: token })).rejects.toMatchObject({
      code: 'oauth_error',
      oauthError: 'invalid_grant',
    });
  });

  it('says that the issuer is wrong when the metadata belongs to another one', async () => {
    const issuer = provider.issuer.replace('127.0.0.1', 'localhost');
    await expect(connect({ issuer, clientId: 'cli' })).rejects.toMatchObject({ code: 'issuer_mismatch' });
  });
});

describe('tokens that are bound to a key, against oidc-provider', () => {
  let provider: RunningProvider;
  beforeAll(async () => {
    provider = await startProvider();
  });
  afterAll(() => provider.close());

  // @rule 3.25
  it('are refreshed and used with the key, in another process too', async () => {
    const store = createMemoryStore();
    const options = {
      issuer: provider.issuer,
      clientId: 'cli',
      scopes: ['openid', 'offline_access'],
      dpop: true,
      store,
      onUrl: (url: string) => void createBrowser().open(url),
    };
    const first = credentials.authorizationCode(options);
    expect((await first.getToken()).type).toBe('DPoP');
    const again = credentials.authorizationCode({
      ...options,
      onUrl: () => Promise.reject(new Error('nobody is asked again')),
    });
    const client = new AuthClient({ credential: again, issuer: provider.issuer, store, env: {} });
    await client.refresh({ force: true });
    expect(provider.rotations()).toBe(1);
    const answer = await client.fetch(`${provider.issuer}/me`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ sub: 'alice' });
    await expect(client.getRequestHeaders(provider.issuer)).rejects.toMatchObject({ code: 'config_invalid' });
  });
});

describe('tokens for an API, against oidc-provider', () => {
  it('are verified by signature, and refused by another API', async () => {
    const provider = await startProvider();
    const connection = await connect({
      issuer: provider.issuer,
      clientId: 'cli',
      scopes: ['openid', 'vms:read'],
      resource: api,
    });
    const { accessToken } = await loginThroughLoopback(connection, { onUrl: (url) => void createBrowser().open(url) });
    const verifier = createTokenVerifier({ issuer: provider.issuer, audience: api });
    expect(await verifier.verify(accessToken, { scopes: ['vms:read'] })).toMatchObject({
      subject: 'alice',
      clientId: 'cli',
    });
    const other = createTokenVerifier({ issuer: provider.issuer, audience: 'https://other.example' });
    await expect(other.verify(accessToken)).rejects.toMatchObject({ problem: 'audience' });
    await provider.close();
  });
});
