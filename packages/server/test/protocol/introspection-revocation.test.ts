import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GivenClient, type GivenUser, refreshWith } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

const INTROSPECT = '/api/v1/oauth/introspect';
const REVOKE = '/api/v1/oauth/revoke';

let server: TestServer;
let strict: TestServer;
let client: GivenClient;
let user: GivenUser;

beforeAll(async () => {
  [server, strict] = await Promise.all([
    startServer(),
    startServer({ settings: { 'introspection.auth': 'required', 'tokens.accept_hs256': false } }),
  ]);
  client = await server.given.client();
  user = await server.given.user();
});
afterAll(() => Promise.all([server.stop(), strict.stop()]));

async function introspect(
  token: string,
  headers: Record<string, string> = client.basic,
  extra: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const response = await server.post(INTROSPECT, { token, ...extra }, headers);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toContain('no-store');
  return (await response.json()) as Record<string, unknown>;
}

describe('introspection', () => {
  // @check 216
  it('describes an active token', async () => {
    const tokens = await server.given.tokens({ user, client });
    expect(await introspect(tokens.access_token)).toEqual({
      active: true,
      scope: 'openid profile email offline_access',
      client_id: client.clientId,
      username: user.user.username,
      token_type: 'Bearer',
      exp: expect.any(Number),
      iat: expect.any(Number),
      sub: user.user.id,
      aud: server.url,
      iss: server.url,
      jti: expect.any(String),
      auth_time: expect.any(Number),
      acr: expect.any(String),
      amr: ['pwd'],
      sid: expect.any(String),
    });
  });

  // @check 217, 223
  it('says exactly {"active":false} for everything else', async () => {
    const tokens = await server.given.tokens({ user, client });
    const [header, , signature] = tokens.access_token.split('.');
    const forged = `${header}.${Buffer.from(JSON.stringify({ jti: 'x', exp: 9_999_999_999 })).toString('base64url')}.${signature}`;
    for (const token of [
      'garbage',
      'a.b.c',
      forged,
      `${tokens.access_token}x`,
      tokens.id_token ?? '',
      ' ',
      'authly_pat_nonsense',
      'x'.repeat(20_000),
    ]) {
      expect(await introspect(token)).toEqual({ active: false });
    }
    server.clock.advance(3601);
    expect(await introspect(tokens.access_token)).toEqual({ active: false });
  });

  // @check 215
  it('needs an authenticated caller in production, and POST', async () => {
    const anonymous = await strict.post(INTROSPECT, { token: 'x' });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toContain('Basic');
    expect((await strict.post(INTROSPECT, { token: 'x' }, { authorization: 'Bearer nonsense' })).status).toBe(401);
    expect((await fetch(`${strict.url}${INTROSPECT}`)).status).toBe(405);
    expect(await (await server.post(INTROSPECT, { token: 'x' })).json()).toEqual({ active: false });
  });

  it('tells a token of an application about that application only, whoever stands behind it', async () => {
    const admin = await server.given.user({ isAdmin: true });
    const [ofUser, ofAdmin] = await Promise.all([
      server.given.tokens({ user, client }),
      server.given.tokens({ user: admin, client: await server.given.client() }),
    ]);
    const elsewhere = await server.given.tokens({ user, client: await server.given.client() });
    const asked = (by: string): Promise<Record<string, unknown>> =>
      introspect(ofUser.access_token, { authorization: `Bearer ${by}` });
    expect(await asked(ofAdmin.access_token)).toEqual({ active: false });
    expect(await asked(elsewhere.access_token)).toEqual({ active: false });
    expect((await asked(ofUser.access_token)).active).toBe(true);
    expect((await asked((await server.given.passwordTokens(user)).access_token)).active).toBe(true);
    expect((await asked((await server.given.passwordTokens(admin)).access_token)).active).toBe(true);
  });

  // @check 219
  it('needs a token, and finds it whatever the hint', async () => {
    expect((await server.post(INTROSPECT, {}, client.basic)).status).toBe(400);
    const tokens = await server.given.tokens({ user, client });
    expect((await introspect(tokens.access_token, client.basic, { token_type_hint: 'refresh_token' })).active).toBe(
      true,
    );
    expect(
      (await introspect(tokens.refresh_token ?? '', client.basic, { token_type_hint: 'access_token' })).active,
    ).toBe(true);
  });

  // @check 218, 222
  it('tells public clients about their own tokens only, and refresh tokens to their client only', async () => {
    const tokens = await server.given.tokens({ user, client });
    const spa = await server.given.client({ type: 'public' });
    const other = await server.given.client();
    expect(await introspect(tokens.access_token, {}, { client_id: spa.clientId })).toEqual({ active: false });
    expect(await introspect(tokens.refresh_token ?? '', other.basic)).toEqual({ active: false });
    expect(await introspect(tokens.refresh_token ?? '', {})).toEqual({ active: false });
    expect(await introspect(tokens.refresh_token ?? '')).toMatchObject({
      active: true,
      token_type: 'refresh_token',
      client_id: client.clientId,
    });
  });

  it('is inactive once the person or the client is switched off', async () => {
    const someone = await server.given.user();
    const app = await server.given.client();
    const one = await server.given.tokens({ user: someone, client: app });
    await server.context.store.clients.change(app.clientId, { isActive: false }, { now: server.clock.now() });
    await expect.poll(async () => (await introspect(one.access_token)).active).toBe(false);
    const two = await server.given.tokens({ user: someone, client });
    await server.context.store.users.change(someone.user.id, { isActive: false }, { now: server.clock.now() });
    expect(await introspect(two.access_token)).toEqual({ active: false });
  });

  it('accepts a token signed by hand with JWT_SECRET_KEY where that is on, and nothing else does', async () => {
    const sign = (claims: object, key: string): string => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
      return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
    };
    const key = server.context.settings['secrets.jwt_secret_key'] ?? '';
    const exp = Math.floor(server.clock.now().getTime() / 1000) + 60;
    const token = sign(
      { sub: 'test-user-id', username: 'testuser', scope: 'openid database:read', exp, jti: 'test-token-id' },
      key,
    );
    expect(await introspect(token, {})).toMatchObject({
      active: true,
      scope: 'openid database:read',
      sub: 'test-user-id',
    });
    expect(await introspect(sign({ sub: 'x', exp }, 'another key'), {})).toEqual({ active: false });
    expect(await introspect(sign({ sub: 'x', exp: exp - 120 }, key), {})).toEqual({ active: false });
    expect((await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      401,
    );
    const app = await strict.given.client();
    const strictKey = strict.context.settings['secrets.jwt_secret_key'] ?? '';
    expect(
      await (await strict.post(INTROSPECT, { token: sign({ sub: 'x', exp }, strictKey) }, app.basic)).json(),
    ).toEqual({ active: false });
  });
});

describe('revocation', () => {
  // @check 227
  it('of a refresh token ends its whole family; of an access token that one alone', async () => {
    const one = await server.given.tokens({ user, client });
    expect((await server.post(REVOKE, { token: one.access_token }, client.basic)).status).toBe(200);
    expect((await introspect(one.access_token)).active).toBe(false);
    const next = await refreshWith(server.url, client, one.refresh_token ?? '');
    expect(next.status).toBe(200);
    const tokens = (await next.json()) as { access_token: string; refresh_token: string };
    await server.post(REVOKE, { token: tokens.refresh_token }, client.basic);
    expect((await introspect(tokens.access_token)).active).toBe(false);
    expect((await refreshWith(server.url, client, tokens.refresh_token)).status).toBe(400);
  });

  // @check 225
  it('needs the client, and leaves the tokens of others alone', async () => {
    const tokens = await server.given.tokens({ user, client });
    const other = await server.given.client();
    expect((await server.post(REVOKE, { token: tokens.access_token }, { authorization: 'Basic eDp5' })).status).toBe(
      401,
    );
    expect((await server.post(REVOKE, { token: tokens.access_token }, other.basic)).status).toBe(200);
    expect((await server.post(REVOKE, { token: tokens.refresh_token ?? '' })).status).toBe(200);
    expect((await introspect(tokens.access_token)).active).toBe(true);
  });

  // @check 226, 228, 229
  it('of an unknown token is a success; a missing token is not; GET is not a method', async () => {
    for (const token of ['garbage', 'authly_rt_unknown'])
      expect((await server.post(REVOKE, { token, token_type_hint: 'nonsense' }, client.basic)).status).toBe(200);
    expect((await server.post(REVOKE, {}, client.basic)).status).toBe(400);
    expect((await fetch(`${server.url}${REVOKE}`)).status).toBe(405);
  });

  // @check 230
  it('is open to a public client with its client_id, also in a browser', async () => {
    const spa = await server.given.client({ type: 'public' });
    const tokens = await server.given.tokens({ user, client: spa });
    const response = await server.post(
      REVOKE,
      { token: tokens.refresh_token ?? '', client_id: spa.clientId },
      { origin: 'https://spa.example' },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect((await introspect(tokens.access_token)).active).toBe(false);
  });

  // @attack revocation forgotten at a restart (CVE-2026-9802, CVE-2026-8922)
  it('racing with refreshes always wins', async () => {
    for (let round = 0; round < 10; round += 1) {
      const tokens = await server.given.tokens({ user, client });
      const [refreshed] = await Promise.all([
        refreshWith(server.url, client, tokens.refresh_token ?? ''),
        server.post(REVOKE, { token: tokens.refresh_token ?? '' }, client.basic),
      ]);
      if (refreshed.status !== 200) continue;
      const next = (await refreshed.json()) as { access_token: string; refresh_token: string };
      expect((await introspect(next.access_token)).active).toBe(false);
      expect((await refreshWith(server.url, client, next.refresh_token)).status).toBe(400);
    }
  });
});
