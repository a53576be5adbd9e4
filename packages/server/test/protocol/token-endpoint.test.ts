import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { TokenResponse } from '@authly/oauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: GivenClient;
let user: GivenUser;
const TOKEN = '/api/v1/oauth/token';

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
  user = await server.given.user();
});
afterAll(() => server.stop());

async function errorOf(response: Response): Promise<{ status: number; error: string; error_description: string }> {
  return { status: response.status, ...((await response.json()) as { error: string; error_description: string }) };
}

describe('the token endpoint', () => {
  // @check 125
  it('takes a POSTed form only', async () => {
    const get = await fetch(`${server.url}${TOKEN}?grant_type=client_credentials`, { headers: client.basic });
    expect(get.status).toBe(405);
    expect(get.headers.get('allow')).toContain('POST');
    expect((await fetch(`${server.url}${TOKEN}`, { method: 'PUT' })).status).toBe(405);
    const json = await fetch(`${server.url}${TOKEN}`, {
      method: 'POST',
      headers: { ...client.basic, 'content-type': 'application/json' },
      body: '{"grant_type":"client_credentials"}',
    });
    expect(await errorOf(json)).toMatchObject({ status: 400, error: 'invalid_request' });
  });

  // @check 126
  it('does not read the query string', async () => {
    const response = await fetch(`${server.url}${TOKEN}?grant_type=client_credentials`, {
      method: 'POST',
      headers: client.basic,
    });
    expect(await errorOf(response)).toMatchObject({
      status: 400,
      error: 'invalid_request',
      error_description: expect.stringContaining('grant_type'),
    });
  });

  // @attack parameter pollution (CVE-2026-9689)
  // @check 127
  it('refuses a repeated parameter, takes an empty one as absent, ignores unknown ones', async () => {
    const repeated = await server.post(
      TOKEN,
      [
        ['grant_type', 'client_credentials'],
        ['scope', 'read'],
        ['scope', 'write'],
      ],
      client.basic,
    );
    expect(await errorOf(repeated)).toMatchObject({
      status: 400,
      error: 'invalid_request',
      error_description: expect.stringContaining('scope'),
    });
    expect(await errorOf(await server.post(TOKEN, { grant_type: '' }, client.basic))).toMatchObject({
      error: 'invalid_request',
    });
    expect(
      (
        await server.post(
          TOKEN,
          [
            ['grant_type', 'client_credentials'],
            ['x', '1'],
            ['x', '2'],
            ['scope', ''],
          ],
          client.basic,
        )
      ).status,
    ).toBe(200);
    const resources: [string, string][] = [
      ['grant_type', 'client_credentials'],
      ['resource', 'https://a.example/'],
      ['resource', 'https://b.example/'],
    ];
    // Repeated is no mistake of form; but a token is for one resource.
    expect(await errorOf(await server.post(TOKEN, resources, client.basic))).toMatchObject({ error: 'invalid_target' });
    const body = (await (await server.post(TOKEN, resources.slice(0, 2), client.basic)).json()) as TokenResponse;
    expect(decodeJwt(body.access_token).aud).toBe('https://a.example/');
  });

  // @check 130
  it('names what is wrong with the grant', async () => {
    expect(await errorOf(await server.post(TOKEN, {}, client.basic))).toMatchObject({
      status: 400,
      error: 'invalid_request',
    });
    expect(await errorOf(await server.post(TOKEN, { grant_type: 'urn:made:up' }, client.basic))).toMatchObject({
      status: 400,
      error: 'unsupported_grant_type',
    });
    const narrow = await server.given.client({ grantTypes: ['authorization_code'] });
    expect(await errorOf(await server.post(TOKEN, { grant_type: 'client_credentials' }, narrow.basic))).toMatchObject({
      status: 400,
      error: 'unauthorized_client',
    });
    for (const parameter of ['code', 'refresh_token', 'device_code']) {
      const grant = {
        code: 'authorization_code',
        refresh_token: 'refresh_token',
        device_code: 'urn:ietf:params:oauth:grant-type:device_code',
      }[parameter] as string;
      expect(await errorOf(await server.post(TOKEN, { grant_type: grant }, client.basic))).toMatchObject({
        error: 'invalid_request',
        error_description: expect.stringContaining(parameter),
      });
    }
  });

  // @attack stored credential answer (better-auth 10065)
  // @check 128
  it('says no-store on errors too', async () => {
    const response = await server.post(TOKEN, { grant_type: 'nonsense' }, client.basic);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(response.headers.get('content-type')).toContain('application/json');
  });

  // @attack opaque origin (node-oidc-provider 9.11.4)
  // @check 23
  it('answers browsers of other origins, never with cookies, and not an opaque origin', async () => {
    const preflight = await fetch(`${server.url}${TOKEN}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(preflight.headers.has('access-control-allow-credentials')).toBe(false);
    const opaque = await server.post(TOKEN, {}, { origin: 'null' });
    expect(opaque.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('an access token', () => {
  // @check 145, 146, 147, 148
  it('is a JWT of the RFC 9068 profile that verifies against the published keys', async () => {
    const body = (await (
      await server.post(TOKEN, { grant_type: 'client_credentials', scope: 'read' }, client.basic)
    ).json()) as TokenResponse;
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(body.access_token, keys, {
      issuer: server.url,
      typ: 'at+jwt',
      audience: server.url,
      currentDate: server.clock.now(),
    });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({
      sub: client.clientId,
      client_id: client.clientId,
      scope: 'read',
      jti: expect.any(String),
    });
    expect(payload.aud).not.toBe(client.clientId);
  });

  // @check 146, 147
  it('of a person carries how and when they signed in, and is no ID token', async () => {
    const tokens = await server.given.tokens({ user, client });
    const claims = decodeJwt(tokens.access_token);
    expect(claims).toMatchObject({
      sub: user.user.id,
      auth_time: expect.any(Number),
      acr: expect.any(String),
      amr: ['pwd'],
    });
    expect(decodeProtectedHeader(tokens.id_token ?? '').typ).toBe('JWT');
    const misuse = await fetch(`${server.url}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.id_token}` },
    });
    expect(misuse.status).toBe(401);
  });

  it('is signed as the client asks', async () => {
    const rsa = await server.given.client({ accessTokenAlg: 'RS256', idTokenAlg: 'ES256' });
    const tokens = await server.given.tokens({ user, client: rsa });
    expect(decodeProtectedHeader(tokens.access_token).alg).toBe('RS256');
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('ES256');
  });

  // @check 144, 266
  it('has an id that never repeats', async () => {
    const ids = new Set<unknown>();
    for (let batch = 0; batch < 5; batch += 1) {
      const answers = await Promise.all(
        Array.from(
          { length: 40 },
          async () =>
            (
              await server.post(TOKEN, { grant_type: 'client_credentials' }, client.basic)
            ).json() as Promise<TokenResponse>,
        ),
      );
      for (const answer of answers) ids.add(decodeJwt(answer.access_token).jti);
    }
    expect(ids.size).toBe(200);
  });
});

describe('a token of very many scopes', () => {
  it('is refused before it is longer than our own endpoints read; the longest that is issued works at each of them', async () => {
    const names = Array.from(
      { length: 260 },
      (_, index) => `a.very.long.name.of.a.resource.permission.${1000 + index}`,
    );
    await Promise.all(names.map((name) => server.given.scope(name)));
    const wide = await server.given.client({ scopes: names });
    const ask = async (count: number): Promise<{ access_token: string; error: string; error_description: string }> =>
      (await (
        await server.post(
          '/api/v1/oauth/token',
          { grant_type: 'client_credentials', scope: names.slice(0, count).join(' ') },
          wide.basic,
        )
      ).json()) as { access_token: string; error: string; error_description: string };
    const refused = await ask(names.length);
    expect([refused.error, refused.error_description]).toEqual([
      'invalid_scope',
      'Too many scopes for one token: ask for fewer.',
    ]);
    let count = 150;
    let longest = '';
    for (let one = await ask(count); one.access_token !== undefined; one = await ask(count)) {
      longest = one.access_token;
      count += 10;
    }
    expect(longest.length).toBeGreaterThan(11_000);
    const headers = { authorization: `Bearer ${longest}` };
    expect((await fetch(`${server.url}/admin/users`, { headers })).status).toBe(403);
    expect((await fetch(`${server.url}/oidc/userinfo`, { headers })).status).toBe(403);
    const introspect = async (): Promise<unknown> =>
      (await server.post('/api/v1/oauth/introspect', { token: longest }, wide.basic)).json();
    expect(await introspect()).toMatchObject({ active: true });
    await server.post('/api/v1/oauth/revoke', { token: longest }, wide.basic);
    expect(await introspect()).toEqual({ active: false });
  });
});

describe('client_credentials', () => {
  // @check 149
  it('is for confidential clients', async () => {
    const spa = await server.given.client({ type: 'public' });
    expect(
      await errorOf(await server.post(TOKEN, { grant_type: 'client_credentials', client_id: spa.clientId })),
    ).toMatchObject({ error: 'unauthorized_client' });
  });

  // @check 150
  it('gives no refresh token, no ID token and no scope about a person', async () => {
    const body = (await (
      await server.post(TOKEN, { grant_type: 'client_credentials', scope: 'openid offline_access read' }, client.basic)
    ).json()) as TokenResponse;
    expect(body).toMatchObject({ scope: 'read' });
    expect(body.refresh_token).toBeUndefined();
    expect(body.id_token).toBeUndefined();
  });

  // @check 43
  it('refuses scopes that do not exist, are not the client’s, or hold forbidden characters', async () => {
    const ask = async (scope: string): Promise<string> =>
      (await errorOf(await server.post(TOKEN, { grant_type: 'client_credentials', scope }, client.basic))).error;
    expect(await ask('nonexistent')).toBe('invalid_scope');
    expect(await ask('admin:users:read')).toBe('invalid_scope');
    expect(await ask('re"ad')).toBe('invalid_scope');
    const body = (await (
      await server.post(TOKEN, { grant_type: 'client_credentials', scope: 'write read read' }, client.basic)
    ).json()) as TokenResponse;
    expect(body.scope).toBe('write read');
  });

  // @check 63
  it('refuses a resource that is no absolute URI', async () => {
    for (const resource of ['relative/path', 'https://api.example/#part', '']) {
      const response = await server.post(TOKEN, { grant_type: 'client_credentials', resource }, client.basic);
      expect(response.status).toBe(resource === '' ? 200 : 400);
      if (resource !== '') expect(await errorOf(response)).toMatchObject({ error: 'invalid_target' });
    }
  });
});

describe('the password grant', () => {
  const wrong = 'Incorrect username or password';
  const login = (form: Record<string, string>): Promise<Response> =>
    server.post(TOKEN, { grant_type: 'password', ...form });

  it('works without a client and restricts scopes by person', async () => {
    const tokens = await server.given.passwordTokens(user, ['openid', 'profile']);
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'openid profile', refresh_token: expect.any(String) });
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({ aud: 'authly', sid: expect.any(String) });
    const greedy = await login({ username: user.user.username, password: user.password, scope: 'admin:users:read' });
    expect(await errorOf(greedy)).toMatchObject({ status: 400, error: 'invalid_scope' });
    const admin = await server.given.user({ isAdmin: true });
    expect((await server.given.passwordTokens(admin, ['admin:users:read', 'database:read'])).scope).toBe(
      'admin:users:read database:read',
    );
  });

  // @attack account enumeration (Logto)
  it('tells nobody whether the name or the password was wrong', async () => {
    const unknown = await errorOf(await login({ username: 'nobody', password: 'whatever' }));
    const mistyped = await errorOf(await login({ username: user.user.username, password: 'whatever' }));
    expect(unknown).toEqual(mistyped);
    expect(unknown).toMatchObject({ status: 400, error: 'invalid_grant', error_description: wrong });
  });

  it('asks for no proof of the e-mail address', async () => {
    const fresh = await server.given.user({ isVerified: false });
    expect((await login({ username: fresh.user.username, password: fresh.password })).status).toBe(200);
  });

  it('says that an account is deactivated only to someone with its password', async () => {
    const off = await server.given.user({ isActive: false });
    expect(
      (await errorOf(await login({ username: off.user.username, password: off.password }))).error_description,
    ).toBe('Account is deactivated');
    expect((await errorOf(await login({ username: off.user.username, password: 'x' }))).error_description).toBe(wrong);
  });

  it('works with the e-mail address and in any case', async () => {
    expect((await login({ username: user.user.email.toUpperCase(), password: user.password })).status).toBe(200);
  });

  it('refreshes without a client, by form and by JSON, and revokes by JSON', async () => {
    const tokens = await server.given.passwordTokens(user);
    const form = (await (
      await server.post(TOKEN, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' })
    ).json()) as TokenResponse;
    expect(form.scope).toBe('openid profile email');
    const json = (path: string, body: unknown): Promise<Response> =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const counted = async (): Promise<number> => {
      const lines = await (await fetch(`${server.url}/metrics`)).text();
      return Number(
        /^authly_oauth_token_requests_total\{grant_type="refresh_token",status="success"\} (\d+)$/m.exec(lines)?.[1],
      );
    };
    const before = await counted();
    const again = (await (
      await json('/api/v1/oauth/refresh', { grant_type: 'refresh_token', refresh_token: form.refresh_token })
    ).json()) as TokenResponse;
    expect(again.access_token).toBeDefined();
    expect(await counted()).toBe(before + 1);
    expect(
      await errorOf(
        await json('/api/v1/oauth/refresh', { grant_type: 'password', refresh_token: again.refresh_token }),
      ),
    ).toMatchObject({ error: 'unsupported_grant_type' });
    const revoked = await json('/api/v1/oauth/revoke', { token: again.refresh_token });
    expect(revoked.status).toBe(200);
    expect(await revoked.json()).toHaveProperty('message');
    expect(
      (await server.post(TOKEN, { grant_type: 'refresh_token', refresh_token: again.refresh_token ?? '' })).status,
    ).toBe(400);
  });

  it('locks an account for an address after wrong passwords in a row, and opens it again in time', async () => {
    const someone = await server.given.user();
    const attempts = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      attempts.push(await login({ username: someone.user.username, password: 'wrong' }));
    const last = attempts.at(-1);
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(
      (await errorOf(await login({ username: someone.user.username, password: someone.password }))).error_description,
    ).toBe('Too many failed attempts. Account temporarily locked.');
    server.clock.advance(301);
    expect((await login({ username: someone.user.username, password: someone.password })).status).toBe(200);
  });

  it('does not lock out many right logins at once', async () => {
    const someone = await server.given.user();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => login({ username: someone.user.username, password: someone.password })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(30).fill(200));
  });
});

describe('the password grant in production', () => {
  // @check 131
  it('is unsupported and says how to switch it on', async () => {
    const strict = await startServer({ settings: { 'password_grant.enabled': false } });
    const response = await strict.post(TOKEN, { grant_type: 'password', username: 'a', password: 'b' });
    expect(await errorOf(response)).toMatchObject({
      status: 400,
      error: 'unsupported_grant_type',
      error_description: expect.stringContaining('AUTHLY_PASSWORD_GRANT_ENABLED'),
    });
    const metadata = (await (await fetch(`${strict.url}/.well-known/openid-configuration`)).json()) as {
      grant_types_supported: string[];
    };
    expect(metadata.grant_types_supported).not.toContain('password');
    await strict.stop();
  });
});
