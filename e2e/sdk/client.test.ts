import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { AuthClient, credentials, Secret, type AuthError, type PrivateJwk } from '../../packages/client/src/index.js';
import { createFakeClock } from '../../packages/client/src/testing.js';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { givenTool, withServer } from './support.js';

/** The client of the SDK against our own server: every credential, and everything that it can be asked. */

const { server, url, key, revokeKey, isActive } = withServer();
let user: GivenUser;
beforeEach(async () => {
  user = await server().given.user();
});

const program = () => mkdtemp(join(tmpdir(), 'authly-sdk-'));
const decoded = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

/** A private key as a program keeps it, with the name that the server knows it by. */
const ownKey = async (key: CryptoKey): Promise<PrivateJwk> => ({ ...(await exportJWK(key)), kid: 'k1', alg: 'ES256' });

describe('an API key of our server', () => {
  // @rule 3.13, 3.19
  it('is found in the environment, and is whose it is', async () => {
    const { secret } = await key(user, 'read openid profile');
    const env = { HOME: await program(), MY_APP_API_KEY: secret, MY_APP_ISSUER: url() };
    const client = await AuthClient.fromConfig({ appName: 'my-app', env });
    expect(await client.getAccessToken()).toBe(secret);
    expect(await client.whoami()).toMatchObject({ subject: user.user.id, username: user.user.username });
    expect(client.describe().winner).toMatchObject({ rule: 'env_api_key', source: 'MY_APP_API_KEY' });
    expect((await client.fetch(`${url()}/oidc/userinfo`)).status).toBe(200);
    await client.close();
  });

  // @rule 3.13, 3.23
  it('may ask about itself', async () => {
    const { secret } = await key(user, 'read');
    const client = new AuthClient({ apiKey: Secret.from(secret), issuer: url(), env: {}, store: 'memory' });
    expect(await client.introspect()).toMatchObject({ active: true, scope: 'read', username: user.user.username });
  });

  // @rule 3.13
  it('is kept for a profile by a login that tries it, encrypted', async () => {
    const { secret } = await key(user, 'read openid');
    const { authenticator, env } = await givenTool(user, { issuer: url() });
    const result = await authenticator.login({ method: 'api_key', apiKey: Secret.from(secret) });
    expect(result).toMatchObject({ method: 'api_key', subject: user.user.id });
    const client = await AuthClient.fromConfig({ appName: 'my-app', env });
    expect(await client.getAccessToken()).toBe(secret);
    const file = await readFile(join(env['HOME'] ?? '', '.config/my-app/credentials.json'), 'utf8');
    expect(file).not.toContain('authly_pat_');
  });

  it('that was revoked is refused by the login, and by the server after it', async () => {
    const { id, secret } = await key(user, 'read openid');
    const client = new AuthClient({ apiKey: Secret.from(secret), issuer: url(), env: {}, store: 'memory' });
    await client.whoami();
    await revokeKey(user, id);
    await expect(client.whoami()).rejects.toMatchObject({ code: 'oauth_error', oauthError: 'invalid_token' });
    const { authenticator } = await givenTool(user, { issuer: url() });
    await expect(authenticator.login({ method: 'api_key', apiKey: Secret.from(secret) })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
  });
});

describe('client credentials', () => {
  // @rule 3.14
  it('by secret come from the environment, which needs to name nothing but an address', async () => {
    const machine = await server().given.client({ scopes: ['read', 'write'] });
    const env = {
      HOME: await program(),
      MY_APP_API_URL: url(),
      MY_APP_CLIENT_ID: machine.clientId,
      MY_APP_CLIENT_SECRET: machine.secret,
      MY_APP_SCOPE: 'read',
    };
    const client = await AuthClient.fromConfig({ appName: 'my-app', env });
    const token = await client.getToken();
    expect(token).toMatchObject({ type: 'Bearer', scopes: ['read'], source: 'server' });
    expect(decoded(token.token)).toMatchObject({ client_id: machine.clientId, aud: url() });
    expect(await isActive(token.token)).toBe(true);
  });

  // @rule 3.14
  it('by private key never send a secret, and are renewed before they end', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const machine = await server().given.client({
      authMethod: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] },
    });
    const clock = createFakeClock(Date.now());
    const client = new AuthClient({
      issuer: url(),
      clientId: machine.clientId,
      privateKeyJwk: await ownKey(privateKey),
      method: 'client_credentials',
      scopes: ['read'],
      resource: 'https://api.example.com',
      env: {},
      store: 'memory',
      clock,
    });
    const first = await client.getToken();
    expect(decoded(first.token)).toMatchObject({ aud: 'https://api.example.com', scope: 'read' });
    expect((await client.getToken()).token).toBe(first.token);
    await clock.advance(3_545_000);
    const second = await client.getToken();
    expect(second.token).not.toBe(first.token);
    expect(await isActive(second.token)).toBe(true);
  });

  // @rule 3.14, 3.27
  it('of a profile keep their private key encrypted, and log in by it', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const machine = await server().given.client({
      authMethod: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] },
    });
    const { authenticator, env } = await givenTool(user);
    const jwk = await ownKey(privateKey);
    await authenticator.configureProfile('ci', {
      issuer: url(),
      clientId: machine.clientId,
      privateKeyJwk: jwk,
      scopes: ['read'],
    });
    expect(await authenticator.login({ profileName: 'ci' })).toMatchObject({
      method: 'client_credentials',
      scopes: ['read'],
    });
    const file = await readFile(join(env['HOME'] ?? '', '.config/my-app/credentials.json'), 'utf8');
    expect(file).not.toContain(String(jwk.d));
    expect(await isActive(await (await authenticator.getActiveClient()).getAccessToken())).toBe(true);
  });

  it('that are wrong are told as that, and what is stored stays', async () => {
    const machine = await server().given.client();
    const client = new AuthClient({
      issuer: url(),
      clientId: machine.clientId,
      clientSecret: Secret.from('cs_wrong'),
      env: {},
      store: 'memory',
    });
    await expect(client.getToken()).rejects.toMatchObject({ code: 'invalid_credentials', exitCode: 2 });
  });
});

describe('the credentials of people', () => {
  const publicClient = () =>
    server().given.client({
      type: 'public',
      applicationType: 'native',
      redirectUris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    });
  const scopes = ['openid', 'profile', 'offline_access'];

  // @rule 3.15
  it('authorizationCode asks once and renews from then on', async () => {
    const { person } = await givenTool(user);
    const { clientId } = await publicClient();
    const asked: string[] = [];
    const credential = credentials.authorizationCode({
      issuer: url(),
      clientId,
      scopes,
      onUrl: (address) => {
        asked.push(address);
        person.comeBackFrom(address).catch((error: unknown) => console.error(error));
      },
    });
    const first = await credential.getToken();
    const second = await credential.getToken({ forceRefresh: true });
    expect(second.token).not.toBe(first.token);
    expect(await isActive(second.token)).toBe(true);
    expect(asked).toHaveLength(1);
    expect(decoded(second.token)).toMatchObject({ sub: user.user.id, client_id: clientId });
  });

  // @rule 3.15
  it('deviceCode asks once and renews from then on', async () => {
    const { person } = await givenTool(user);
    const { clientId } = await publicClient();
    const credential = credentials.deviceCode({
      issuer: url(),
      clientId,
      scopes,
      onPrompt: (prompt) => person.enterCode(prompt),
    });
    const first = await credential.getToken();
    const second = await credential.getToken({ forceRefresh: true });
    expect(second.token).not.toBe(first.token);
    expect(await isActive(second.token)).toBe(true);
  });

  // @rule 3.16
  it('password takes name and password where the server does', async () => {
    const credential = credentials.password({
      issuer: url(),
      clientId: 'authly',
      scopes,
      prompt: {
        username: async () => user.user.username,
        password: async () => user.password,
        otp: async () => {
          throw new Error('nobody asked for a second factor');
        },
      },
    });
    expect(await isActive((await credential.getToken()).token)).toBe(true);
  });
});

describe('a client with a session', () => {
  async function loggedIn() {
    const tool = await givenTool(user, { issuer: url() });
    await tool.authenticator.login();
    return { ...tool, client: await tool.authenticator.getActiveClient() };
  }

  // @rule 3.20, 3.23
  it('says who it is, what its token is worth, and where it stands', async () => {
    const { client } = await loggedIn();
    expect(await client.whoami()).toMatchObject({ subject: user.user.id, username: user.user.username });
    expect(await client.introspect()).toMatchObject({ active: true, client_id: 'authly', sub: user.user.id });
    expect(await client.introspect('not a token')).toEqual({ active: false });
    expect(await client.status()).toMatchObject({
      authenticated: true,
      issuer: url(),
      clientId: 'authly',
      username: user.user.username,
      refreshable: true,
    });
    const session = await client.getAuthenticatedSession();
    expect(session.identity).toMatchObject({ subject: user.user.id });
    expect((await session.fetch(`${url()}/api/v1/users/me`)).status).toBe(200);
    await session.close();
  });

  // @rule 3.23
  it('refreshes when it is told to, and nothing before its time', async () => {
    const { client } = await loggedIn();
    const first = await client.getAccessToken();
    expect((await client.refresh()).token).toBe(first);
    const events: string[] = [];
    const stop = client.on('token:refreshed', () => events.push('refreshed'));
    const second = (await client.refresh({ force: true })).token;
    stop();
    expect(second).not.toBe(first);
    expect(await client.getAccessToken()).toBe(second);
    await client.refresh({ force: true });
    expect(events).toEqual(['refreshed']);
  });

  // @rule 2.34
  it('goes on after its access token was revoked on the server: one renewal, and the request again', async () => {
    const { client } = await loggedIn();
    const first = await client.getAccessToken();
    await server().post('/api/v1/oauth/revoke', { token: first, client_id: 'authly' });
    expect(await isActive(first)).toBe(false);
    const answer = await client.fetch(`${url()}/oidc/userinfo`);
    expect(answer.status).toBe(200);
    expect(await client.getAccessToken()).not.toBe(first);
  });

  // @rule 2.35
  it('names the permission that the server misses', async () => {
    user = await server().given.user({ isAdmin: true });
    const { client } = await loggedIn();
    const refused = client.fetch(`${url()}/admin/clients`).catch((error: AuthError) => error);
    expect(await refused).toMatchObject({ code: 'insufficient_scope', missing: ['admin:clients:read'], exitCode: 3 });
  });

  // @rule 3.24
  it('revokes: both tokens are worth nothing afterwards, and the session says why it ended', async () => {
    const { client, authenticator } = await loggedIn();
    const token = await client.getAccessToken();
    expect(await client.revoke()).toBe('revoked');
    expect(await isActive(token)).toBe(false);
    await expect(client.refresh({ force: true })).rejects.toMatchObject({ code: 'session_expired', end: 'revoked' });
    expect(await authenticator.status()).toMatchObject({ authenticated: false, username: user.user.username });
  });

  // @rule 3.24
  it('revokes the access token alone, or the refresh token and with it everything', async () => {
    const { client } = await loggedIn();
    const first = await client.getAccessToken();
    await client.revoke({ which: 'access' });
    expect(await isActive(first)).toBe(false);
    const second = (await client.refresh({ force: true })).token;
    expect(await isActive(second)).toBe(true);
    await client.revoke({ which: 'refresh' });
    expect(await isActive(second)).toBe(false);
  });

  // @rule 1.44, 3.24
  it('logs out: the server knows it and nothing is left here', async () => {
    const { client, authenticator } = await loggedIn();
    const token = await client.getAccessToken();
    expect(await client.logout()).toMatchObject({ revocation: 'revoked', deleted: true });
    expect(await isActive(token)).toBe(false);
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'login_required' });
    expect(await authenticator.logout()).toMatchObject({ revocation: 'nothing', deleted: false });
  });
});
