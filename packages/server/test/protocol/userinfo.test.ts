import { decodeJwt, createRemoteJWKSet, jwtVerify } from 'jose';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: GivenClient;
let user: GivenUser;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client({
    scopes: ['openid', 'profile', 'email', 'phone', 'address', 'offline_access', 'read'],
  });
  user = await server.given.user({
    profile: {
      givenName: 'Ada',
      familyName: 'Lovelace',
      birthdate: '1815-12-10',
      phoneNumber: '+44 1',
      phoneNumberVerified: true,
      address: { country: 'GB' },
    },
  });
});
afterAll(() => server.stop());

function userinfo(token: string | undefined, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}/oidc/userinfo`, {
    ...init,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
}

describe('the ID token', () => {
  // @check 199, 200, 202, 203
  it('names issuer, person, client and times, carries the nonce byte for byte, and verifies as RS256', async () => {
    const nonce = 'n'.repeat(384);
    const tokens = await server.given.tokens({ user, client, scope: 'openid', parameters: { nonce } });
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token ?? '', keys, {
      issuer: server.url,
      audience: client.clientId,
      currentDate: server.clock.now(),
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({ sub: user.user.id, nonce, sid: expect.any(String) });
    expect(payload.sub?.length).toBeLessThanOrEqual(255);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    expect(payload.at_hash).toBe(
      createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url'),
    );
  });

  // @check 200, 201
  it('has no nonce when none was sent, and auth_time when max_age asked', async () => {
    const tokens = await server.given.tokens({ user, client, scope: 'openid', parameters: { max_age: '1000' } });
    expect(decodeJwt(tokens.id_token ?? '').nonce).toBeUndefined();
    expect(decodeJwt(tokens.id_token ?? '').auth_time).toBeTypeOf('number');
  });

  // @check 204
  it('leaves the profile to UserInfo, where the client has it so, unless a claim was asked for', async () => {
    const lean = await server.given.client({ idTokenClaims: false });
    const plain = decodeJwt((await server.given.tokens({ user, client: lean })).id_token ?? '');
    expect(plain).not.toHaveProperty('name');
    expect(plain).not.toHaveProperty('email');
    const claims = JSON.stringify({ id_token: { email: null, unknown_claim: null } });
    const asked = decodeJwt(
      (await server.given.tokens({ user, client: lean, scope: 'openid', parameters: { claims } })).id_token ?? '',
    );
    expect(asked.email).toBe(user.user.email);
    expect(asked).not.toHaveProperty('unknown_claim');
  });

  // @check 205
  it('knows a person by another name in every sector, where pairwise is asked for', async () => {
    const one = await server.given.client({ subjectType: 'pairwise', redirectUris: ['https://one.example/callback'] });
    const twin = await server.given.client({ subjectType: 'pairwise', redirectUris: ['https://one.example/other'] });
    const two = await server.given.client({ subjectType: 'pairwise', redirectUris: ['https://two.example/callback'] });
    const subject = async (app: GivenClient): Promise<unknown> => {
      const tokens = await server.given.tokens({
        user,
        client: app,
        scope: 'openid',
        parameters: { redirect_uri: app.client.redirectUris[0] ?? '' },
      });
      const info = (await (await userinfo(tokens.access_token)).json()) as { sub: string };
      expect(info.sub).toBe(decodeJwt(tokens.id_token ?? '').sub);
      return info.sub;
    };
    const [first, second, third] = [await subject(one), await subject(twin), await subject(two)];
    expect(first).toBe(second);
    expect(first).not.toBe(third);
    expect(first).not.toBe(user.user.id);
  });
});

describe('UserInfo', () => {
  // @check 206, 207
  it('answers GET and POST with the claims of the granted scopes, and nothing empty', async () => {
    const tokens = await server.given.tokens({ user, client, scope: 'openid profile phone address' });
    const get = await userinfo(tokens.access_token);
    const post = await userinfo(tokens.access_token, { method: 'POST' });
    const claims = (await get.json()) as Record<string, unknown>;
    expect(await post.json()).toEqual(claims);
    expect(claims).toMatchObject({
      sub: user.user.id,
      name: 'Ada Lovelace',
      given_name: 'Ada',
      birthdate: '1815-12-10',
      address: { country: 'GB' },
      phone_number_verified: true,
    });
    expect(claims.updated_at).toBeTypeOf('number');
    expect(claims).not.toHaveProperty('email');
    expect(Object.values(claims)).not.toContain(null);
    expect(Object.values(claims)).not.toContain('');
    expect(get.headers.get('cache-control')).toContain('no-store');
  });

  // @check 206
  it('takes a token in a form, and never in the query string', async () => {
    const tokens = await server.given.tokens({ user, client });
    expect((await server.post('/oidc/userinfo', { access_token: tokens.access_token })).status).toBe(200);
    expect((await fetch(`${server.url}/oidc/userinfo?access_token=${tokens.access_token}`)).status).toBe(401);
  });

  // @check 209
  it('without a token challenges without an error; with a bad one says invalid_token; without openid insufficient_scope', async () => {
    const none = await userinfo(undefined);
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toMatch(/^Bearer, DPoP algs=/);
    const bad = await userinfo('nonsense');
    expect(bad.status).toBe(401);
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const machine = (await (
      await server.post('/api/v1/oauth/token', { grant_type: 'client_credentials', scope: 'read' }, client.basic)
    ).json()) as { access_token: string };
    const narrow = await userinfo(machine.access_token);
    expect(narrow.status).toBe(403);
    expect(narrow.headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="openid"/);
  });

  // @attack malformed Authorization header (GHSA-xmf8-cvqr-rfgj)
  // @check 210
  it('refuses a token sent twice, and survives malformed headers', async () => {
    const tokens = await server.given.tokens({ user, client });
    expect(
      (
        await server.post(
          '/oidc/userinfo',
          { access_token: tokens.access_token },
          { authorization: `Bearer ${tokens.access_token}` },
        )
      ).status,
    ).toBe(400);
    for (const authorization of ['Bearer', 'Bearer ', 'Bearer a b', 'Basic abc', 'Bearer ünï', ',']) {
      const response = await fetch(`${server.url}/oidc/userinfo`, {
        headers: { authorization: Buffer.from(authorization, 'utf8').toString('latin1') },
      });
      expect(response.status).toBe(401);
    }
  });

  // @check 195
  it('takes the scheme in any case', async () => {
    const tokens = await server.given.tokens({ user, client });
    const response = await fetch(`${server.url}/oidc/userinfo`, {
      headers: { authorization: `BEARER ${tokens.access_token}` },
    });
    expect(response.status).toBe(200);
  });

  // @check 211
  it('refuses tokens for another resource, ID tokens and refresh tokens', async () => {
    const elsewhere = await server.given.tokens({ user, client, parameters: { resource: 'https://api.example/' } });
    const tokens = await server.given.tokens({ user, client });
    for (const token of [elsewhere.access_token, tokens.id_token, tokens.refresh_token])
      expect((await userinfo(token)).status).toBe(401);
  });

  // @check 212
  it('refuses a token that was revoked or has expired, at once', async () => {
    const tokens = await server.given.tokens({ user, client });
    expect((await userinfo(tokens.access_token)).status).toBe(200);
    await server.post('/api/v1/oauth/revoke', { token: tokens.access_token }, client.basic);
    expect((await userinfo(tokens.access_token)).status).toBe(401);
    const other = await server.given.tokens({ user, client });
    server.clock.advance(3601);
    expect((await userinfo(other.access_token)).status).toBe(401);
  });

  // @check 214
  it('does not serve a person who is switched off or deleted', async () => {
    const someone = await server.given.user();
    const tokens = await server.given.tokens({ user: someone, client });
    await server.context.store.users.change(someone.user.id, { isActive: false }, { now: server.clock.now() });
    expect((await userinfo(tokens.access_token)).status).toBe(401);
    await server.context.store.users.remove(someone.user.id);
    expect((await userinfo(tokens.access_token)).status).toBe(401);
  });

  // @check 213
  it('can be read by browser applications', async () => {
    const preflight = await fetch(`${server.url}/oidc/userinfo`, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization.*DPoP/);
  });

  // @check 208
  it('is signed where the client asks', async () => {
    const app = await server.given.client({ userinfoAlg: 'ES256' });
    const tokens = await server.given.tokens({ user, client: app });
    const response = await userinfo(tokens.access_token);
    expect(response.headers.get('content-type')).toBe('application/jwt');
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(await response.text(), keys, { issuer: server.url, audience: app.clientId });
    expect(payload.sub).toBe(user.user.id);
  });

  // @check 56
  it('delivers a claim that was asked for by name and consented to', async () => {
    const claims = JSON.stringify({ userinfo: { email: { essential: true }, nonsense: null } });
    const tokens = await server.given.tokens({ user, client, scope: 'openid', parameters: { claims } });
    expect(await (await userinfo(tokens.access_token)).json()).toEqual({ sub: user.user.id, email: user.user.email });
  });
});
