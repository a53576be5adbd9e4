import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '@authly/admin-api';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

let server: TestServer;
let admin: Caller & { readonly person: GivenUser };

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

const PASSWORD = 'Corr3ct-horse!';
let serial = 0;

function fresh(more: object = {}): object {
  serial += 1;
  return { username: `new_${serial}`, email: `new${serial}@example.org`, password: PASSWORD, ...more };
}

async function created(more: object = {}): Promise<Reply<'createUser'>> {
  const { status, body, text } = await admin.call('createUser', { body: fresh(more) });
  expect(status, text).toBe(201);
  return body;
}

const at = (user: { readonly id: string }) => ({ params: { user_id: user.id } });

async function signsIn(username: string, password: string): Promise<number> {
  const form = { grant_type: 'password', username, password, scope: 'openid' };
  return (await server.post('/api/v1/oauth/token', form)).status;
}

describe('creating', () => {
  test('a user with a profile comes back as sent, without the password', async () => {
    const user = await created({
      is_verified: true,
      given_name: 'Ada',
      family_name: 'Lovelace',
      birthdate: '1815-12-10',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
      address: { locality: 'London', street_address: '12 St James\nSquare', region: null },
    });
    expect(user).toMatchObject({
      given_name: 'Ada',
      birthdate: '1815-12-10',
      address: { locality: 'London', street_address: '12 St James\nSquare' },
      temporary_password: null,
      is_admin: false,
      active_sessions: 0,
    });
    expect(await signsIn(user.username, PASSWORD)).toBe(200);
    const list = await admin.call('listUsers', { query: { username: user.username } });
    expect(list.body.users[0]?.birthdate).toBe('1815-12-10');
  });

  test('without a password a temporary one of every class is made, which must be changed', async () => {
    const user = await created({ password: null, is_verified: true });
    const temporary = user.temporary_password as string;
    expect(temporary.length).toBeGreaterThanOrEqual(12);
    for (const one of [/[A-Z]/, /[a-z]/, /\d/, /[!@#$%^&*]/]) expect(temporary).toMatch(one);
    expect(user.requires_password_change).toBe(true);
    const answer = await server.post('/api/v1/oauth/token', {
      grant_type: 'password',
      username: user.username,
      password: temporary,
    });
    expect(await answer.json()).toMatchObject({ requires_password_change: true });
    expect((await admin.call('getUser', at(user))).text).not.toContain(temporary);
  });

  test.each([
    [{ username: 'a' }, 'Username must be at least 2 characters long'],
    [{ username: 'has space' }, 'Username can only contain the letters a to z, digits, and . - _'],
    [{ email: 'nowhere' }, 'Invalid email format'],
    [{ password: 'short' }, 'Password must be at least 8 characters long'],
    [{ password: 'Password1!' }, 'easy to guess'],
    [{ generate_temp_password: true }, 'either password or generate_temp_password'],
    [{ birthdate: '1990-02-31' }, 'birthdate'],
    [{ locale: 'x'.repeat(60) }, 'locale'],
    [{ picture: 'javascript:alert(1)' }, 'picture'],
    [{ is_active: 'yes' }, 'is_active'],
  ])('%j is refused in words', async (more, words) => {
    const { status, body } = await admin.call('createUser', { body: fresh(more) });
    expect(status).toBe(400);
    expect(body.detail).toContain(words);
  });

  test('a name or an address that another account has is a conflict, whatever the case', async () => {
    const user = await created();
    const sameName = await admin.call('createUser', { body: fresh({ username: user.username.toUpperCase() }) });
    expect([sameName.status, sameName.body.error_code, sameName.body.errors[0]?.field]).toEqual([
      409,
      'ALREADY_EXISTS',
      'username',
    ]);
    const sameEmail = await admin.call('createUser', { body: fresh({ email: user.email.toUpperCase() }) });
    expect([sameEmail.status, sameEmail.body.detail]).toEqual([409, 'Email already exists']);
  });

  // @attack mass assignment (CVE-2026-27946, CVE-2026-41427)
  test('fields that a caller has no business with go nowhere', async () => {
    const user = await created({
      id: '00000000-0000-4000-8000-000000000000',
      version: 9,
      last_login: '2020-01-01T00:00:00Z',
      password_hash: 'x',
    });
    expect(user.id).not.toBe('00000000-0000-4000-8000-000000000000');
    expect(user.last_login).toBeNull();
  });
});

describe('changing', () => {
  test('changes the given fields; an empty text clears; null leaves', async () => {
    const user = await created({ given_name: 'Ada', nickname: 'A', address: { country: 'UK' } });
    const { body } = await admin.call('updateUser', {
      ...at(user),
      body: { given_name: 'Grace', nickname: '', family_name: null, address: {}, is_verified: true },
    });
    expect(body).toMatchObject({
      given_name: 'Grace',
      nickname: null,
      family_name: null,
      address: null,
      is_verified: true,
    });
    expect(body.email).toBe(user.email);
  });

  test('nothing to change is refused, an unknown user is 404, an id that is none is 400', async () => {
    const user = await created();
    expect((await admin.call('updateUser', { ...at(user), body: { nonsense: 1 } })).status).toBe(400);
    const unknown = await admin.call('updateUser', {
      params: { user_id: '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1' },
      body: { is_verified: true },
    });
    expect([unknown.status, unknown.body.error_code]).toEqual([404, 'USER_NOT_FOUND']);
    expect((await admin.call('getUser', { params: { user_id: 'admin' } })).status).toBe(400);
  });

  test('a new password ends every session and token of the person', async () => {
    const person = await server.given.user();
    const agent = await server.given.signedIn(person);
    const tokens = await server.given.passwordTokens(person);
    const { status } = await admin.call('updateUser', {
      params: { user_id: person.user.id },
      body: { password: PASSWORD },
    });
    expect(status).toBe(200);
    const info = await fetch(`${server.url}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(info.status).toBe(401);
    expect((await agent.get('/oidc/session/check')).body).not.toContain('"active"');
    expect(await signsIn(person.user.username, PASSWORD)).toBe(200);
  });

  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  test('a deactivated person is out at once, and activating brings no token back', async () => {
    const person = await server.given.user();
    const tokens = await server.given.passwordTokens(person);
    const agent = await server.given.signedIn(person);
    const works = async () =>
      (await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } }))
        .status;
    const refreshes = async () => {
      const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
      return (await server.post('/api/v1/oauth/token', form)).status;
    };
    const isSignedIn = async () => (await agent.get('/oidc/session/check')).body.includes('"active"');
    const params = { user_id: person.user.id };
    expect([await works(), await isSignedIn()]).toEqual([200, true]);
    for (const isActive of [false, true]) {
      await admin.call('updateUser', { params, body: { is_active: isActive } });
      expect([await works(), await refreshes(), await isSignedIn()]).toEqual([401, 400, false]);
    }
  });

  test('an administrator cannot demote themselves, and verify marks an address as confirmed', async () => {
    const self = await admin.call('updateUser', {
      params: { user_id: admin.person.user.id },
      body: { is_admin: false },
    });
    expect([self.status, self.body.error_code]).toEqual([409, 'SELF_DEMOTION']);
    const user = await created();
    expect((await admin.call('verifyUser', at(user))).body.is_verified).toBe(true);
  });
});

describe('passwords and locks', () => {
  test('a reset shows a temporary password once and signs the person out everywhere', async () => {
    const person = await server.given.user();
    await server.given.signedIn(person);
    const tokens = await server.given.passwordTokens(person, ['openid', 'offline_access']);
    const params = { user_id: person.user.id };
    expect((await admin.call('getUser', { params })).body.active_sessions).toBe(3);
    const { body } = await admin.call('resetPassword', { params });
    expect(body).toMatchObject({ invalidated_sessions: 3, requires_password_change: true });
    expect((await admin.call('getUser', { params })).body.active_sessions).toBe(0);
    const refreshed = await server.post('/api/v1/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    });
    expect(refreshed.status).toBe(400);
    expect(await signsIn(person.user.username, person.password)).toBe(400);
    const form = { grant_type: 'password', username: person.user.username, password: body.temporary_password };
    const answer = await server.post('/api/v1/oauth/token', form);
    expect(await answer.json()).toMatchObject({ requires_password_change: true });
  });

  test('an unlocked account lets the right password in again, by name and by address', async () => {
    const person = await server.given.user();
    const params = { user_id: person.user.id };
    for (let tries = 0; tries < 11; tries += 1) await signsIn(person.user.email, 'wrong');
    expect(await signsIn(person.user.email, person.password)).toBe(429);
    expect((await admin.call('getUser', { params })).body.locked_until).not.toBeNull();
    const unlocked = await admin.call('unlockUser', { params });
    expect(unlocked.body).toMatchObject({ was_locked: true, username: person.user.username });
    expect(await signsIn(person.user.email, person.password)).toBe(200);
    expect((await admin.call('getUser', { params })).body.locked_until).toBeNull();
    expect((await admin.call('unlockUser', { params })).body.was_locked).toBe(false);
  });
});

describe('deleting', () => {
  // @attack session fixation (GHSA-2vg6-77g8-24mp, CVE-2023-6787)
  test('a deleted user is gone with sessions, tokens and API keys', async () => {
    const person = await server.given.user();
    const tokens = await server.given.passwordTokens(person);
    const params = { user_id: person.user.id };
    const key = await admin.call('createApiKey', { body: { name: 'k', scope: 'read', user_id: person.user.id } });
    expect((await admin.call('deleteUser', { params })).status).toBe(204);
    expect((await admin.call('getUser', { params })).status).toBe(404);
    expect((await admin.call('deleteUser', { params })).status).toBe(404);
    for (const token of [tokens.access_token, key.body.api_key as string]) {
      const response = await server.post('/api/v1/oauth/introspect', { token });
      expect(await response.json()).toEqual({ active: false });
    }
  });
});
