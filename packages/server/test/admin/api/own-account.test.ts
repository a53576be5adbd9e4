import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.js';
import { callerWith } from '../caller.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function someone(scopes: readonly string[] = ['openid', 'profile', 'email', 'offline_access']) {
  const person = await server.given.user();
  const tokens = await server.given.passwordTokens(person, scopes);
  return { person, tokens, caller: callerWith(server, tokens.access_token) };
}

describe('logout', () => {
  test('ends every token and session of the person, says how many, and only of this person', async () => {
    const { person, tokens, caller } = await someone();
    const agent = await server.given.signedIn(person);
    const other = await someone();
    const { body } = await caller.call('logout');
    expect(body).toEqual({ message: expect.any(String), invalidated_tokens: 3 });
    expect((await caller.call('getMyAccount')).status).toBe(401);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    expect((await server.post('/api/v1/oauth/token', form)).status).toBe(400);
    expect((await agent.get('/oidc/session/check')).body).not.toContain('"active"');
    expect((await other.caller.call('getMyAccount')).status).toBe(200);
  });
});

describe('change-password', () => {
  test('takes the old and the new password, ends every other session, and clears the flag', async () => {
    const { person, caller } = await someone();
    const { body } = await caller.call('changePassword', {
      body: { current_password: person.password, new_password: 'a brand new one' },
    });
    expect(body).toMatchObject({ requires_password_change: false });
    expect((await caller.call('getPasswordStatus')).status).toBe(401);
    const again = { user: person.user, password: 'a brand new one' };
    const { access_token: token } = await server.given.passwordTokens(again);
    expect((await callerWith(server, token).call('getPasswordStatus')).body).toEqual({
      requires_password_change: false,
      username: person.user.username,
    });
  });

  test.each([
    ['wrong password', 'something new', 401],
    ['current', 'current', 400],
    ['current', 'short', 400],
    ['current', 'username', 400],
    ['', 'something new', 400],
  ])('%s to %s is refused with %i', async (current, next, status) => {
    const { person, caller } = await someone();
    const fill = (word: string) =>
      word === 'current' ? person.password : word === 'username' ? person.user.username : word;
    const reply = await caller.call('changePassword', {
      body: { current_password: fill(current), new_password: fill(next) },
    });
    expect(reply.status).toBe(status);
    expect((await caller.call('getPasswordStatus')).status).toBe(200);
  });

  test('guessing the old password is limited', async () => {
    const { caller } = await someone();
    const guess = () =>
      caller.call('changePassword', { body: { current_password: 'guess', new_password: 'something new' } });
    const statuses = [];
    for (let tries = 0; tries < 11; tries += 1) statuses.push((await guess()).status);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('PUT /oidc/userinfo', () => {
  const put = (token: string, claims: object) =>
    fetch(`${server.url}/oidc/userinfo`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(claims),
    });

  test('changes what the scopes open and answers UserInfo as it is then', async () => {
    const { tokens, person } = await someone(['openid', 'profile', 'email']);
    const response = await put(tokens.access_token, {
      given_name: 'Ada',
      family_name: 'Lovelace',
      birthdate: '1815-12-10',
      phone_number: '+47 1',
      email: 'evil@example.org',
      email_verified: true,
      is_admin: true,
      sub: 'other',
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      sub: person.user.id,
      name: 'Ada Lovelace',
      birthdate: '1815-12-10',
      email: person.user.email,
    });
    const stored = await server.context.store.users.find(person.user.id);
    expect(stored).toMatchObject({ email: person.user.email, isAdmin: false });
    expect(stored?.profile.phoneNumber).toBeUndefined();
  });

  // Zitadel CVE-2026-27946: people could mark their own address as verified.
  test('nobody confirms their own phone number; a new one is unconfirmed', async () => {
    const { tokens, person } = await someone(['openid', 'phone']);
    await server.context.store.users.change(
      person.user.id,
      { profile: { phoneNumber: '+47 1', phoneNumberVerified: true } },
      { now: server.clock.now() },
    );
    expect(
      await (await put(tokens.access_token, { phone_number: '+47 1', phone_number_verified: false })).json(),
    ).toMatchObject({ phone_number_verified: true });
    expect(
      await (await put(tokens.access_token, { phone_number: '+47 2', phone_number_verified: true })).json(),
    ).toMatchObject({ phone_number: '+47 2', phone_number_verified: false });
  });

  test('a whole name is split, and an empty text clears', async () => {
    const { tokens } = await someone(['openid', 'profile']);
    const named = (await (
      await put(tokens.access_token, { name: 'Mary Ann Evans', nickname: 'George' })
    ).json()) as Record<string, unknown>;
    expect(named).toMatchObject({
      name: 'Mary Ann Evans',
      given_name: 'Mary Ann',
      family_name: 'Evans',
      nickname: 'George',
    });
    const cleared = (await (await put(tokens.access_token, { nickname: '' })).json()) as Record<string, unknown>;
    expect(cleared.nickname).toBeUndefined();
  });

  // @attack token used beyond its purpose (RFC 9700 §2.3)
  test('refuses the token of another application, which was let see a profile, and API keys', async () => {
    const { person, tokens } = await someone(['openid', 'profile']);
    const client = await server.given.client();
    const foreign = await server.given.tokens({ user: person, client, scope: 'openid profile' });
    const made = await fetch(`${server.url}/api/v1/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', scope: 'openid profile' }),
    });
    const { api_key: key } = (await made.json()) as { api_key: string };
    for (const token of [foreign.access_token, key])
      expect((await put(token, { name: 'Hacked Name', preferred_username: 'admin' })).status).toBe(403);
    const profile = (await server.context.store.users.find(person.user.id))?.profile;
    expect(profile).toEqual(person.user.profile);
  });

  test('refuses what is no claim of these scopes, what is malformed, and tokens without openid', async () => {
    const { tokens } = await someone(['openid']);
    expect((await put(tokens.access_token, { given_name: 'X' })).status).toBe(400);
    const wide = await someone(['openid', 'profile']);
    for (const claims of [
      {},
      { birthdate: 'soon' },
      { website: 'javascript:alert(1)' },
      { locale: 'x'.repeat(100) },
      { gender: 5 },
    ])
      expect((await put(wide.tokens.access_token, claims)).status, JSON.stringify(claims)).toBe(400);
    const narrow = await someone(['profile']);
    const refused = await put(narrow.tokens.access_token, { given_name: 'X' });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="openid"',
    ]);
    expect((await put('nonsense', {})).status).toBe(401);
  });
});
