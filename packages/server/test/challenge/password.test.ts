import { AUTHORIZATION_CHALLENGE, type TokenResponse } from '@authly/oauth';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { CHALLENGE, type Program, program } from './program.js';

let server: TestServer;
let user: GivenUser;
let own: Program;

beforeAll(async () => {
  server = await startServer();
  user = await server.given.user();
  own = await program(server);
});
afterAll(() => server.stop());

async function tokensOf(response: Response): Promise<TokenResponse> {
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as TokenResponse;
}

const TRUSTED = ['authorization_code', 'refresh_token', AUTHORIZATION_CHALLENGE] as const;

describe('a login with a password inside a program', () => {
  it('ends with a code, and the code with tokens that tell how the person logged in', async () => {
    const answer = await own.begin(user, { nonce: 'a nonce', resource: 'https://api.example' });
    expect(answer).toEqual({ status: 200, headers: expect.anything(), authorization_code: expect.any(String) });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const tokens = await tokensOf(await own.redeem(answer.authorization_code));
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'openid profile offline_access' });
    expect(tokens.refresh_token).toBeDefined();
    const now = Math.floor(server.clock.now().getTime() / 1000);
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({
      sub: user.user.id,
      aud: 'authly',
      nonce: 'a nonce',
      amr: ['pwd'],
      acr: 'urn:authly:acr:password',
      auth_time: now,
    });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: 'https://api.example', client_id: 'authly' });
  });

  it('takes an e-mail address for the name', async () => {
    const answer = await own.begin(user, { username: user.user.email.toUpperCase() });
    expect(answer.status).toBe(200);
  });

  it('can be logged out by its ID token', async () => {
    const { authorization_code: code } = await own.begin(user);
    const tokens = await tokensOf(await own.redeem(code));
    await fetch(`${server.url}/oidc/logout?id_token_hint=${tokens.id_token}`);
    const refreshed = await server.post('/api/v1/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      client_id: 'authly',
    });
    expect(refreshed.status).toBe(400);
  });

  it('grants what the person may hold of what was asked for, and refuses when that is nothing', async () => {
    const some = await own.begin(user, { scope: 'openid admin:users:read' });
    expect((await tokensOf(await own.redeem(some.authorization_code))).scope).toBe('openid');
    const none = await own.begin(user, { scope: 'admin:users:read' });
    expect(none).toMatchObject({ status: 400, error: 'access_denied' });
  });
});

describe('the code of such a login', () => {
  // @attack PKCE downgrade (CVE-2023-48228, CVE-2024-23647, CVE-2025-4144)
  // @check 137, 140
  it('is worth nothing without the verifier, with another one, or with the challenge itself', async () => {
    const { authorization_code: code } = await own.begin(user);
    const other = await program(server);
    expect((await own.redeem(code, { code_verifier: '' })).status).toBe(400);
    expect((await own.redeem(code, { code_verifier: other.verifier })).status).toBe(400);
    expect((await own.redeem(code)).status).toBe(200);
  });

  // @attack code of another client (CVE-2026-28513)
  it('is worth nothing to another client, and has no redirect_uri', async () => {
    const { authorization_code: code } = await own.begin(user);
    const stranger = await server.given.client({ type: 'public' });
    const stolen = await own.redeem(code, { client_id: stranger.clientId });
    expect(await stolen.json()).toMatchObject({ error: 'invalid_grant' });
    const addressed = await own.redeem(code, { redirect_uri: 'http://127.0.0.1/callback' });
    expect(await addressed.json()).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringContaining('redirect_uri'),
    });
    expect((await own.redeem(code)).status).toBe(200);
  });

  // @check 73
  it('is good once, and not for long', async () => {
    const first = await own.begin(user);
    expect((await own.redeem(first.authorization_code)).status).toBe(200);
    expect((await own.redeem(first.authorization_code)).status).toBe(400);
    const second = await own.begin(user);
    server.clock.advance(61);
    expect((await own.redeem(second.authorization_code)).status).toBe(400);
  });
});

describe('who may take passwords', () => {
  it('no client that was not allowed to', async () => {
    const stranger = await program(server, await server.given.client({ type: 'public' }));
    expect(await stranger.begin(user)).toMatchObject({ status: 400, error: 'unauthorized_client' });
  });

  it('a client that an administrator allowed, once the person has consented in a browser', async () => {
    const client = await server.given.client({ type: 'public', grantTypes: TRUSTED });
    const trusted = await program(server, client);
    expect(await trusted.begin(user)).toMatchObject({
      status: 403,
      error: 'redirect_to_web',
      error_description: expect.stringContaining('browser'),
    });
    await server.given.code({ user, client, scope: 'openid profile offline_access' });
    const answer = await trusted.begin(user);
    expect(answer.status).toBe(200);
    await tokensOf(await trusted.redeem(answer.authorization_code));
    expect(await trusted.begin(user, { scope: 'openid email' })).toMatchObject({ error: 'redirect_to_web' });
  });

  it('a first-party client without a consent', async () => {
    const client = await server.given.client({ isFirstParty: true });
    const answer = await (await program(server, client)).begin(user);
    expect(answer.status).toBe(200);
  });

  // @attack missing secret taken for a public client (RFC 9700 §2.5)
  it('a confidential client with its secret only', async () => {
    const client = await server.given.client({ isFirstParty: true });
    const given = await program(server, { ...client, basic: {} });
    expect(await given.begin(user)).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await given.begin(user, { client_id: client.clientId })).toMatchObject({ error: 'invalid_client' });
    const wrong = `Basic ${Buffer.from(`${client.clientId}:wrong`).toString('base64')}`;
    expect(await given.send({ username: 'x', password: 'y' }, { authorization: wrong })).toMatchObject({ status: 401 });
  });

  it('nobody without the code flow, in which such a login ends', async () => {
    const client = await server.given.client({ isFirstParty: true, grantTypes: ['refresh_token'] });
    expect(await (await program(server, client)).begin(user)).toMatchObject({ error: 'unauthorized_client' });
  });
});

describe('a refused login', () => {
  // @attack account enumeration (Logto)
  // @check 85
  it('says the same for a wrong password and for an unknown name', async () => {
    const wrong = await own.begin({ ...user, password: 'wrong' });
    const unknown = await own.begin({ user: { ...user.user, username: 'nobody-at-all' }, password: 'wrong' });
    for (const answer of [wrong, unknown])
      expect({ ...answer, headers: undefined }).toEqual({
        status: 400,
        headers: undefined,
        error: 'invalid_grant',
        error_description: 'Incorrect username or password',
      });
  });

  it('names what is wrong with an account to somebody who knows its password only', async () => {
    const off = await server.given.user({ isActive: false });
    expect(await own.begin(off)).toMatchObject({ error: 'invalid_grant', error_description: 'Account is deactivated' });
    expect(await own.begin({ ...off, password: 'wrong' })).toMatchObject({
      error_description: 'Incorrect username or password',
    });
  });

  // @attack parallel guessing (CVE-2024-4629, CVE-2023-47111)
  it('is counted with all others: the account is locked, with Retry-After', async () => {
    const locked = await server.given.user();
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => own.begin({ ...locked, password: `wrong ${index}` })),
    );
    expect(guesses.filter(({ status }) => status === 400)).toHaveLength(10);
    const answer = await own.begin(locked);
    expect(answer).toMatchObject({ status: 429, error: 'invalid_grant' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const token = await server.post('/api/v1/oauth/token', {
      grant_type: 'password',
      username: locked.user.username,
      password: locked.password,
    });
    expect(token.status).toBe(429);
  });

  it('sends the person to a browser while the password must be changed', async () => {
    const temporary = await server.given.user({ requiresPasswordChange: true });
    expect(await own.begin(temporary)).toMatchObject({ status: 403, error: 'redirect_to_web' });
    expect(await own.begin({ ...temporary, password: 'wrong' })).toMatchObject({ error: 'invalid_grant' });
  });

  it('leaves the same trace as every login', async () => {
    await own.begin({ ...user, password: 'wrong' });
    await own.begin(user);
    const actions = await server.context.audit.recentOf(user.user.id, { actions: ['login'], limit: 2 });
    expect(actions.map(({ outcome, details }) => ({ outcome, method: details?.['method'] }))).toEqual([
      { outcome: 'success', method: 'challenge' },
      { outcome: 'failure', method: 'challenge' },
    ]);
  });
});

describe('a request that is not in order', () => {
  // @attack PKCE downgrade (CVE-2023-48228, CVE-2024-23647, CVE-2025-4144)
  // @check 36, 38, 39
  it.each([
    ['no code_challenge', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['no method, which would mean plain', { code_challenge_method: '' }, 'invalid_request'],
    ['a short code_challenge', { code_challenge: 'short' }, 'invalid_request'],
    ['another response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no user name', { username: '' }, 'invalid_request'],
    ['no password', { password: '' }, 'invalid_request'],
    ['an unknown scope', { scope: 'openid nonsense' }, 'invalid_scope'],
    ['a resource that is no address', { resource: 'nonsense' }, 'invalid_target'],
    ['a request object', { request: 'x' }, 'request_not_supported'],
    ['an unknown auth_session', { auth_session: 'x', username: '', password: '', otp: '1' }, 'invalid_session'],
    ['no client', { client_id: '' }, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
    ['a name without end', { username: 'x'.repeat(600) }, 'invalid_request'],
  ])('is refused: %s', async (_what, changes, error) => {
    const answer = await own.begin(user, changes as Record<string, string>);
    expect(answer).toMatchObject({ error, error_description: expect.any(String) });
    expect(answer.status).toBe(error === 'invalid_client' ? 401 : 400);
    expect(answer.authorization_code).toBeUndefined();
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  // @attack parameter pollution (CVE-2026-9689)
  it('is refused when a parameter comes twice', async () => {
    const twice = await own.send([
      ['client_id', 'authly'],
      ['username', user.user.username],
      ['username', 'admin'],
    ]);
    expect(twice).toMatchObject({ status: 400, error: 'invalid_request' });
  });

  // @check 125, 126
  it('must be a form in a POST body; the query string is not read', async () => {
    const url = `${server.url}${CHALLENGE}`;
    expect((await fetch(`${url}?client_id=authly`)).status).toBe(405);
    const query = new URLSearchParams({ client_id: 'authly', username: user.user.username, password: user.password });
    expect((await fetch(`${url}?${query.toString()}`, { method: 'POST' })).status).toBe(401);
    const json = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: 'authly' }),
    });
    expect(await json.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('ignores what only a browser has a use for', async () => {
    const answer = await own.begin(user, {
      redirect_uri: 'https://evil.example/callback',
      state: 'x',
      response_mode: 'fragment',
      display: 'page',
      ui_locales: 'de',
    });
    expect(answer.status).toBe(200);
    expect((await own.redeem(answer.authorization_code)).status).toBe(200);
  });
});

describe('what else was asked for', () => {
  it('holds: claims, max_age, an essential acr that a password does not reach, another person', async () => {
    const claims = JSON.stringify({ userinfo: { email: null } });
    expect((await own.begin(user, { claims, max_age: '0', acr_values: 'urn:x', prompt: 'login' })).status).toBe(200);
    const essential = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:never' } } });
    expect(await own.begin(user, { claims: essential })).toMatchObject({ error: 'unmet_authentication_requirements' });
    const somebody = JSON.stringify({ id_token: { sub: { value: 'somebody-else' } } });
    expect(await own.begin(user, { claims: somebody })).toMatchObject({ error: 'login_required' });
    expect(await own.begin(user, { prompt: 'consent' })).toMatchObject({ error: 'redirect_to_web' });
  });
});

describe('the discovery documents', () => {
  it('name the endpoint', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server', 'cli-configuration']) {
      const metadata = await (await fetch(`${server.url}/.well-known/${name}`)).json();
      expect(metadata).toMatchObject({ authorization_challenge_endpoint: `${server.url}${CHALLENGE}` });
    }
  });
});

// @attack secret in a log (Keycloak 26.6, authentik 2026.8)
it('leaves no password and no code in the log', async () => {
  const { authorization_code: code } = await own.begin(user);
  expect(code).toBeDefined();
  expect(server.logged()).not.toContain(user.password);
  expect(server.logged()).not.toContain(code);
});
