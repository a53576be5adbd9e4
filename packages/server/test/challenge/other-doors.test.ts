import type { TokenResponse } from '@authly/oauth';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '../../src/http/routes.js';
import { type GivenAuthenticator, givenAuthenticator } from '../support/authenticator.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

/** Every other door that takes a password, in front of somebody who has a second factor. */

let server: TestServer;
let admin: GivenUser;
let app: GivenAuthenticator;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  admin = await server.given.user({ isAdmin: true });
  app = await givenAuthenticator(server, admin.user);
});

interface Refused {
  readonly error?: string;
  readonly error_description?: string;
  readonly error_code?: string;
  readonly detail?: string;
  readonly mfa_methods?: readonly string[];
  readonly access_token?: string;
}

async function grant(changes: Record<string, string> = {}): Promise<Response> {
  const form = { grant_type: 'password', username: admin.user.username, password: admin.password, scope: 'openid' };
  return server.post('/api/v1/oauth/token', { ...form, ...changes });
}

async function adminAuth(changes: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/admin/auth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: admin.user.username, password: admin.password, ...changes }),
  });
}

async function bodyOf(response: Response): Promise<Refused & { readonly status: number }> {
  return { ...((await response.json()) as Refused), status: response.status };
}

describe('the password grant', () => {
  it('asks for the second factor and gives nothing for the password alone', async () => {
    expect(await bodyOf(await grant())).toEqual({
      status: 403,
      error: 'mfa_required',
      error_description: expect.stringContaining('otp'),
      mfa_methods: ['otp', 'recovery_code'],
    });
  });

  it('takes the code with the password, once, and the tokens tell of it', async () => {
    const code = app.code();
    const answer = await grant({ otp: code });
    expect(answer.status).toBe(200);
    const { id_token: idToken = '' } = (await answer.json()) as TokenResponse;
    expect(decodeJwt(idToken)).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], acr: 'urn:authly:acr:mfa' });
    expect(await bodyOf(await grant({ otp: code }))).toMatchObject({
      status: 400,
      error: 'invalid_grant',
      error_description: expect.stringContaining('used before'),
    });
  });

  // @attack second-factor guessing (dex 5af2b61b)
  it('refuses wrong codes, and a right one after too many of them', async () => {
    const wrong = app.code() === '000000' ? '000001' : '000000';
    const tries = await Promise.all(Array.from({ length: 15 }, () => grant({ otp: wrong })));
    expect(tries.filter(({ status }) => status === 400)).toHaveLength(10);
    const locked = await grant({ otp: app.code() });
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('does not say that there is a second factor to somebody without the password', async () => {
    expect(await bodyOf(await grant({ password: 'wrong' }))).toMatchObject({
      error: 'invalid_grant',
      error_description: 'Incorrect username or password',
    });
  });

  it('has no use for a code of somebody without a second factor', async () => {
    const plain = await server.given.user();
    const answer = await grant({ username: plain.user.username, password: plain.password, otp: '123456' });
    expect(answer.status).toBe(200);
  });
});

describe('POST /admin/auth', () => {
  it('asks for the second factor, and takes it', async () => {
    expect(await bodyOf(await adminAuth())).toMatchObject({
      status: 401,
      error_code: 'MFA_REQUIRED',
      detail: expect.stringContaining('otp'),
    });
    const answer = await adminAuth({ otp: app.code() });
    expect(answer.status).toBe(200);
    const { access_token: token } = (await answer.json()) as TokenResponse;
    const status = await fetch(`${server.url}/admin/status`, { headers: { authorization: `Bearer ${token}` } });
    expect(status.status).toBe(200);
  });

  // @attack second-factor code used twice (dex 5af2b61b)
  it('takes a recovery code once', async () => {
    const [otp = ''] = app.recoveryCodes;
    expect((await adminAuth({ otp })).status).toBe(200);
    expect(await bodyOf(await adminAuth({ otp }))).toMatchObject({ status: 401, error_code: 'INVALID_CREDENTIALS' });
  });

  it('refuses wrong codes, and a right one after too many of them', async () => {
    const otp = app.code() === '000000' ? '000001' : '000000';
    const tries = await Promise.all(Array.from({ length: 15 }, () => adminAuth({ otp })));
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(await bodyOf(await adminAuth({ otp: app.code() }))).toMatchObject({
      status: 429,
      error_code: 'RATE_LIMITED',
    });
  });
});

describe('every address that takes a form or JSON', () => {
  const posts = routes('/api/v1').filter(({ method, path }) => method === 'POST' && !path.includes(':'));

  it.each(posts.map(({ path }) => path))('%s gives no token for a name and a password alone', async (path) => {
    const fields = {
      grant_type: 'password',
      client_id: 'authly',
      username: admin.user.username,
      email: admin.user.email,
      password: admin.password,
      current_password: admin.password,
      new_password: admin.password,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
      scope: 'openid',
    };
    const form = await server.post(path, fields);
    const json = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
    for (const response of [form, json]) {
      const text = await response.text();
      expect(text).not.toMatch(/"(?:access_token|refresh_token|id_token|authorization_code)":/);
      expect(response.headers.getSetCookie().join()).not.toMatch(/authly_session_\w+=[^;]/);
    }
  });
});
