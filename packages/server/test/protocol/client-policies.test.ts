import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser, redeem, refreshWith } from '../support/given.js';
import { createAgent } from '../support/agent.js';
import { startServer, type TestServer } from '../support/server.js';

/** What one client may do and another may not: the settings of its metadata that rules of the protocol read. */

let server: TestServer;
let user: GivenUser;

beforeAll(async () => {
  server = await startServer();
  user = await server.given.user({ profile: { givenName: 'Ada', familyName: 'Lovelace', phoneNumberVerified: false } });
});
afterAll(() => server.stop());

/** The answer to an authorization request of a person who is signed in: an error, or `undefined` where it goes on. */
async function refusalOf(client: GivenClient, parameters: Record<string, string>): Promise<string | undefined> {
  const agent = await server.given.signedIn(user);
  const asked = { client_id: client.clientId, redirect_uri: CALLBACK, response_type: 'code', ...parameters };
  const page = await agent.get(authorizeUrl(server.url, asked));
  if (!page.location?.startsWith(CALLBACK)) return undefined;
  const answer = new URL(page.location).searchParams;
  return answer.get('error') === null ? undefined : `${answer.get('error')}: ${answer.get('error_description')}`;
}

const WITHOUT_PKCE = { code_challenge: '', code_challenge_method: '' };

// Some clients take the first method of the list, and stop if they cannot do that one.
it('discovery lists the methods of authentication in the order in which clients should try them', async () => {
  const response = await fetch(`${server.url}/.well-known/openid-configuration`);
  const document = (await response.json()) as Record<string, unknown>;
  const all = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
  expect(document['token_endpoint_auth_methods_supported']).toEqual(all);
  expect(document['revocation_endpoint_auth_methods_supported']).toEqual(all);
  expect(document['introspection_endpoint_auth_methods_supported']).toEqual(all.slice(0, 3));
});

describe('pkce', () => {
  // @attack PKCE downgrade (CVE-2023-48228, CVE-2024-23647, CVE-2025-4144)
  it('required says that code_challenge is missing, whatever else is sent', async () => {
    const client = await server.given.client({ pkce: 'required' });
    expect(await refusalOf(client, { scope: 'openid', nonce: 'n' })).toMatch(/^invalid_request: .*code_challenge/);
  });

  it('or_nonce takes a nonce instead, and only where an ID token will bring it back', async () => {
    const client = await server.given.client({ pkce: 'or_nonce' });
    expect(await refusalOf(client, { scope: 'openid', nonce: 'n' })).toBeUndefined();
    expect(await refusalOf(client, { scope: 'openid' })).toMatch(/code_challenge and nonce are both missing/);
    expect(await refusalOf(client, { scope: 'openid', nonce: '' })).toMatch(/code_challenge and nonce/);
    expect(await refusalOf(client, { scope: 'profile', nonce: 'n' })).toMatch(/nonce with the scope openid/);
  });

  it('off asks for neither, and a challenge that is sent all the same is checked', async () => {
    const client = await server.given.client({ pkce: 'off' });
    const run = await server.given.code({ user, client, scope: 'openid', parameters: WITHOUT_PKCE });
    expect((await redeem(server.url, client, run, { code_verifier: '' })).status).toBe(200);
    const protectedRun = await server.given.code({ user, client, scope: 'openid' });
    expect((await redeem(server.url, client, protectedRun, { code_verifier: '' })).status).toBe(400);
  });

  it('is required of a public client, whatever is stored about it', async () => {
    const client = await server.given.client({ type: 'public', pkce: 'off' });
    expect(await refusalOf(client, { scope: 'openid', nonce: 'n' })).toMatch(/^invalid_request: .*code_challenge/);
  });
});

describe('assertion_audience', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  async function present(client: GivenClient, aud: unknown): Promise<number> {
    const now = Math.floor(server.clock.now().getTime() / 1000);
    const claims = { iss: client.clientId, sub: client.clientId, exp: now + 60, jti: randomUUID(), aud };
    const assertion = await new SignJWT(claims as Record<string, unknown>)
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    const response = await server.post('/api/v1/oauth/token', {
      grant_type: 'client_credentials',
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    return response.status;
  }

  // @attack assertion replayed (GHSA-3p3g-vpw6-4w66)
  // @check 115
  it('compatible also takes the token endpoint, and a list only if every member is ours', async () => {
    const jwks = { keys: [{ ...(await exportJWK(publicKey)) }] };
    const client = await server.given.client({ authMethod: 'private_key_jwt', jwks, assertionAudience: 'compatible' });
    const token = `${server.url}/api/v1/oauth/token`;
    for (const aud of [server.url, token, [server.url], [token, server.url]])
      expect(await present(client, aud)).toBe(200);
    for (const aud of ['https://other.example', [token, 'https://other.example'], [], [[token]], null, 1, `${token}/`])
      expect(await present(client, aud), JSON.stringify(aud)).toBe(401);
    const strict = await server.given.client({ authMethod: 'private_key_jwt', jwks });
    expect(await present(strict, token)).toBe(401);
    expect(await present(strict, server.url)).toBe(200);
  });
});

describe('id_token_claims', () => {
  const claimsOf = (token: string | undefined): Record<string, unknown> => decodeJwt(token ?? '');

  it('puts into the ID token what the scopes open, and nothing of the others', async () => {
    const client = await server.given.client({ idTokenClaims: true });
    const { id_token } = await server.given.tokens({ user, client, scope: 'openid profile' });
    expect(claimsOf(id_token)).toMatchObject({ name: 'Ada Lovelace', preferred_username: user.user.username });
    expect(claimsOf(id_token)).not.toHaveProperty('email');
    const more = await server.given.tokens({ user, client, scope: 'openid email' });
    expect(claimsOf(more.id_token)).toMatchObject({ email: user.user.email, email_verified: true });
    expect(claimsOf(more.id_token)).not.toHaveProperty('name');
  });

  it('follows the scopes of a refresh that asks for fewer', async () => {
    const client = await server.given.client({ idTokenClaims: true });
    const tokens = await server.given.tokens({ user, client, scope: 'openid email offline_access' });
    const answer = await refreshWith(server.url, client, tokens.refresh_token ?? '', { scope: 'openid' });
    const { id_token } = (await answer.json()) as { id_token?: string };
    expect(claimsOf(id_token)).toHaveProperty('sub');
    expect(claimsOf(id_token)).not.toHaveProperty('email');
  });
});

describe('access_token_type', () => {
  it('is at+jwt, or JWT for a client that says so', async () => {
    for (const type of ['at+jwt', 'JWT'] as const) {
      const client = await server.given.client({ accessTokenType: type });
      const { access_token } = await server.given.tokens({ user, client });
      expect(decodeProtectedHeader(access_token).typ).toBe(type);
      const userinfo = await fetch(`${server.url}/oidc/userinfo`, {
        headers: { authorization: `Bearer ${access_token}` },
      });
      expect(userinfo.status).toBe(200);
    }
  });

  it('JWT makes no ID token of an access token: as a hint it is refused', async () => {
    const client = await server.given.client({ accessTokenType: 'JWT' });
    const { access_token, id_token = '' } = await server.given.tokens({ user, client, scope: 'openid' });
    const challenge = {
      code_challenge: 'A'.repeat(43),
      code_challenge_method: 'S256',
      scope: 'openid',
      prompt: 'none',
    };
    expect(await refusalOf(client, { ...challenge, id_token_hint: access_token })).toMatch(/id_token_hint/);
    expect(await refusalOf(client, { ...challenge, id_token_hint: id_token })).toBeUndefined();
  });
});

describe('first_party', () => {
  const question = { scope: 'openid email', code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' };

  it('asks nobody whether the application may, unless the request wants that', async () => {
    const asks = await server.given.client();
    expect(await refusalOf(asks, { ...question, prompt: 'none' })).toMatch(/^consent_required/);
    const client = await server.given.client({ skipsConsent: true });
    expect(await refusalOf(client, { ...question, prompt: 'none' })).toBeUndefined();
    const agent = await server.given.signedIn(user);
    const asked = { client_id: client.clientId, redirect_uri: CALLBACK, response_type: 'code', ...question };
    const page = await agent.follow(await agent.get(authorizeUrl(server.url, { ...asked, prompt: 'consent' })));
    expect(page.location ?? '').not.toContain('code=');
  });

  it('gives its tokens no power over the account that a token of our own clients has', async () => {
    const client = await server.given.client({ skipsConsent: true });
    const { access_token } = await server.given.tokens({ user, client });
    const answer = await fetch(`${server.url}/api/v1/users/me`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(answer.status).toBe(403);
  });
});

describe('http://localhost, and loopback addresses', () => {
  const question = {
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'A'.repeat(43),
    code_challenge_method: 'S256',
  };

  async function isTrusted(client: GivenClient, redirectUri: string): Promise<boolean> {
    const asked = { ...question, client_id: client.clientId, redirect_uri: redirectUri };
    const { status } = await createAgent(server.url).get(authorizeUrl(server.url, asked));
    return status !== 400;
  }

  // @check 31
  it('is open on any port to a native application that registered it, and under no other name', async () => {
    const redirectUris = ['http://localhost/callback'];
    const native = await server.given.client({ type: 'public', applicationType: 'native', redirectUris });
    for (const uri of ['http://localhost/callback', 'http://localhost:49152/callback'])
      expect(await isTrusted(native, uri), uri).toBe(true);
    for (const uri of [
      'http://localhost:49152/other',
      'https://localhost:49152/callback',
      'http://localhost.evil.example:49152/callback',
      'http://localhost:49152@evil.example/callback',
      'http://LOCALHOST:49152/callback',
      'http://127.0.0.1:49152/callback',
      'http://localhost:99999/callback',
      'http://app.localhost:49152/callback',
    ])
      expect(await isTrusted(native, uri), uri).toBe(false);
    const web = await server.given.client({ type: 'public', applicationType: 'web', redirectUris });
    expect(await isTrusted(web, 'http://localhost:49152/callback')).toBe(false);
    const elsewhere = {
      type: 'public',
      applicationType: 'native',
      redirectUris: ['http://127.0.0.1/callback'],
    } as const;
    expect(await isTrusted(await server.given.client(elsewhere), 'http://localhost:49152/callback')).toBe(false);
  });

  it('without a path are the same with a slash', async () => {
    for (const [registered, presented] of [
      ['http://127.0.0.1', 'http://127.0.0.1:49152/'],
      ['http://[::1]/', 'http://[::1]:49152'],
      ['http://localhost', 'http://localhost:49152/'],
    ] as const) {
      const wish = { type: 'public', applicationType: 'native', redirectUris: [registered] } as const;
      const native = await server.given.client(wish);
      expect(await isTrusted(native, presented), presented).toBe(true);
      expect(await isTrusted(native, `${presented.replace(/\/$/, '')}/more`), presented).toBe(false);
      expect(await isTrusted(native, `${presented.replace(/\/$/, '')}//`), presented).toBe(false);
    }
    const web = await server.given.client({ redirectUris: ['https://app.example'] });
    expect(await isTrusted(web, 'https://app.example/')).toBe(false);
  });
});

describe('scope_policy', () => {
  it('exact refuses a request for more than is allowed, allowed answers with what is, and says so', async () => {
    const exact = await server.given.client({ scopes: ['openid', 'profile'] });
    expect(await refusalOf(exact, { scope: 'openid profile email' })).toMatch(/^invalid_scope/);
    const client = await server.given.client({ scopes: ['openid', 'profile'], scopePolicy: 'allowed' });
    const run = await server.given.code({ user, client, scope: 'openid profile email admin unheard_of' });
    const answer = (await (await redeem(server.url, client, run)).json()) as { scope: string };
    expect(answer.scope.split(' ').toSorted()).toEqual(['openid', 'profile']);
  });

  it('allowed refuses where nothing of it is allowed', async () => {
    const client = await server.given.client({ scopes: ['openid'], scopePolicy: 'allowed' });
    expect(await refusalOf(client, { scope: 'admin' })).toMatch(/^invalid_scope/);
  });
});
