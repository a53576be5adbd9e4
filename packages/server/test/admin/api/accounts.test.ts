import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GivenUser } from '../../support/given.js';
import { startServer, type TestServer } from '../../support/server.js';
import { administrator, type Caller, callerWith } from '../caller.js';

let server: TestServer;
let admin: Caller & { readonly person: GivenUser };
const nobody = () => callerWith(server, undefined);

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server, []);
});
afterAll(() => server.stop());

const body = (name: string, more: object = {}) => ({
  username: name,
  email: `${name}@example.org`,
  password: 'long enough',
  ...more,
});

describe('registering', () => {
  // @attack mass assignment (CVE-2026-27946, CVE-2026-41427)
  test('makes an active account that is neither verified nor an administrator, whatever was sent', async () => {
    const { body: account } = await nobody().call('registerAccount', {
      body: body('newcomer', {
        is_admin: true,
        is_verified: true,
        is_active: false,
        email_verified: true,
        requires_password_change: true,
      }),
    });
    expect(account).toMatchObject({
      username: 'newcomer',
      is_active: true,
      is_verified: false,
      is_admin: false,
      last_login: null,
    });
    const [event] = await server.context.store.admin.audit.newest(
      { action: 'user.created', targetId: account.id },
      { limit: 1 },
    );
    expect(event?.actor).toMatchObject({ type: 'user', name: 'newcomer' });
  });

  test('refuses names that are taken, in the words that callers know', async () => {
    await nobody().call('registerAccount', { body: body('taken_one') });
    const name = await nobody().call('registerAccount', { body: body('taken_one', { email: 'other@example.org' }) });
    expect([name.status, name.body.detail]).toEqual([400, 'Username already registered']);
  });

  test('is limited by address', async () => {
    const other = await startServer();
    const replies = [];
    for (let index = 0; index < 22; index += 1)
      replies.push(await callerWith(other, undefined).call('registerAccount', { body: { username: 'x' } }));
    expect(replies.at(-1)?.status).toBe(429);
    expect(replies[0]?.status).toBe(400);
    await other.stop();
  });

  test('is switched off where strangers shall not come in', async () => {
    const closed = await startServer({ settings: { 'registration.enabled': false } });
    const { status, body: problem } = await callerWith(closed, undefined).call('registerAccount', {
      body: body('stranger'),
    });
    expect([status, problem.detail]).toEqual([
      403,
      'Registration is switched off; ask an administrator for an account',
    ]);
    await closed.stop();
  });
});

describe('looking after accounts', () => {
  test('needs an administrator; a login by password without a client needs no scope', async () => {
    const person = await server.given.user();
    const { access_token: token } = await server.given.passwordTokens(person);
    const ordinary = callerWith(server, token);
    const params = { user_id: admin.person.user.id as string };
    for (const name of ['listAccounts', 'getAccount', 'updateAccount', 'deleteAccount', 'verifyAccount'] as const)
      expect(
        (
          await ordinary.call(
            name,
            name === 'listAccounts' ? {} : { params, body: name === 'updateAccount' ? {} : undefined },
          )
        ).status,
        name,
      ).toBe(403);
    const me = await ordinary.call('getMyAccount');
    expect(me.body).toMatchObject({ id: person.user.id, username: person.user.username });
    expect((await nobody().call('getMyAccount')).status).toBe(401);
  });

  test('lists, shows, changes, verifies and deletes', async () => {
    const { body: account } = await nobody().call('registerAccount', { body: body('looked_after') });
    const params = { user_id: account.id as string };
    const list = await admin.call('listAccounts', { query: { limit: '1', skip: '1' } });
    expect(list.body).toHaveLength(1);
    expect(Number(list.headers.get('x-total-count'))).toBeGreaterThan(1);
    expect((await admin.call('getAccount', { params })).body).toEqual(account);
    expect((await admin.call('verifyAccount', { params })).body.is_verified).toBe(true);
    const changed = await admin.call('updateAccount', { params, body: { username: 'renamed_one', is_admin: true } });
    expect(changed.body).toMatchObject({ username: 'renamed_one', is_admin: true });
    const taken = await admin.call('updateAccount', { params, body: { username: admin.person.user.username } });
    expect([taken.status, taken.body.detail]).toEqual([400, 'Username already taken']);
    expect((await admin.call('deleteAccount', { params })).status).toBe(204);
    const gone = await admin.call('getAccount', { params });
    expect([gone.status, gone.body.detail]).toEqual([404, 'User not found']);
  });

  test('with and without a slash at the end', async () => {
    const response = await fetch(`${server.url}/api/v1/users/`, {
      headers: { authorization: `Bearer ${admin.token}` },
    });
    expect(response.status).toBe(200);
  });
});
