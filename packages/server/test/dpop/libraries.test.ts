import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, type GivenClient, type GivenUser } from '../support/given.js';
import { createTestClock } from '../support/clock.js';
import { startServer, type TestServer } from '../support/server.js';

/** Client libraries that nobody here wrote prove their keys, with clocks that are right and wrong. */

let server: TestServer;
let user: GivenUser;
let app: GivenClient;

beforeAll(async () => {
  server = await startServer({ settings: { 'dpop.nonce': 'when_needed' } });
  user = await server.given.user();
  app = await server.given.client();
});
afterAll(() => server.stop());

/** The server's clock stands still; an application with a right clock has the same time, others are off by so many seconds. */
function skew(on: TestServer, off = 0): number {
  return Math.round((on.clock.now().getTime() - Date.now()) / 1000) + off;
}

describe.each([
  ['a right clock', 0],
  ['a clock that is ten minutes behind', -600],
])('openid-client with %s', (_, off) => {
  it('logs a person in with a bound code, reads UserInfo, refreshes, and never sees the nonce', async () => {
    const discovered = await oidc.discovery(new URL(server.url), app.clientId, app.secret, undefined, {
      execute: [oidc.allowInsecureRequests],
    });
    const config = new oidc.Configuration(
      discovered.serverMetadata(),
      app.clientId,
      { client_secret: app.secret, [oidc.clockSkew]: skew(server, off), [oidc.clockTolerance]: 900 },
      oidc.ClientSecretBasic(app.secret),
    );
    oidc.allowInsecureRequests(config);
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const verifier = oidc.randomPKCECodeVerifier();
    const run = await server.given.code({
      user,
      client: app,
      parameters: {
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        dpop_jkt: await DPoP.calculateThumbprint(),
      },
    });
    const back = new URL(
      `${CALLBACK}?${new URLSearchParams({ code: run.code, state: 'some state', iss: server.url })}`,
    );
    const tokens = await oidc.authorizationCodeGrant(
      config,
      back,
      { pkceCodeVerifier: verifier, expectedState: 'some state' },
      {},
      { DPoP },
    );
    expect(tokens.token_type).toBe('dpop');
    const { sub = '' } = tokens.claims() ?? {};
    expect((await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).sub).toBe(sub);
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP });
    expect(next.token_type).toBe('dpop');
    const read = await oidc.fetchProtectedResource(
      config,
      next.access_token,
      new URL(`${server.url}/oidc/userinfo`),
      'GET',
      null,
      undefined,
      { DPoP },
    );
    expect(((await read.json()) as { sub: string }).sub).toBe(sub);
  });
});

it('oauth4webapi repeats a request once where a server demands nonces always', async () => {
  const strict = await startServer({ settings: { 'dpop.nonce': 'always' }, clock: createTestClock() });
  try {
    const service = await strict.given.client({ grantTypes: ['client_credentials'], dpopBoundAccessTokens: true });
    const client: oauth.Client = { client_id: service.clientId, [oauth.clockSkew]: skew(strict) };
    const insecure = { [oauth.allowInsecureRequests]: true } as const;
    const issuer = new URL(strict.url);
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
    );
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const ask = async () =>
      oauth.processClientCredentialsResponse(
        as,
        client,
        await oauth.clientCredentialsGrantRequest(
          as,
          client,
          oauth.ClientSecretBasic(service.secret),
          new URLSearchParams({ scope: 'read' }),
          { DPoP, ...insecure },
        ),
      );
    const first: unknown = await ask().catch((error: unknown) => error);
    expect(oauth.isDPoPNonceError(first)).toBe(true);
    expect(await ask()).toMatchObject({ token_type: 'dpop', scope: 'read' });
    expect(await ask()).toMatchObject({ token_type: 'dpop' });
  } finally {
    await strict.stop();
  }
});
