import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, type Caller, callerWith } from '../admin/caller.js';
import { program } from '../challenge/program.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { giveAll, read } from './credentials.js';

const SCOPE = 'openid profile offline_access read';

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

async function demandChange(by: Caller, { user }: GivenUser): Promise<void> {
  const body = { requires_password_change: true };
  const reply = await by.call('updateUser', { params: { user_id: user.id }, body });
  expect(reply.status, reply.text).toBe(200);
}

describe('a demanded password change', () => {
  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  it('stops refreshes, codes, devices, access tokens and API keys that were given before', async () => {
    const user = await server.given.user();
    const client = await server.given.client();
    const all = await giveAll(server, user, client, SCOPE);
    const key = await admin.call('createApiKey', {
      body: { name: 'A key', username: user.user.username, scope: 'openid read' },
    });
    await demandChange(admin, user);
    for (const answer of [await all.refresh(), await all.redeem(), await all.poll()])
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    for (const token of [all.tokens.access_token, all.tokens.refresh_token ?? '', key.body.api_key])
      expect((await all.introspect(token)).body).toEqual({ active: false });
    for (const token of [all.tokens.access_token, key.body.api_key])
      expect((await all.userinfo(token)).status).toBe(403);
    expect(await all.authorize()).not.toBe('code');
  });

  it('stops the password grant, the sign-in of administrators and logins inside programs, and says why', async () => {
    const user = await server.given.user({ isAdmin: true });
    await demandChange(admin, user);
    const login = { username: user.user.username, password: user.password };
    const grant = await read(await server.post('/api/v1/oauth/token', { grant_type: 'password', ...login }));
    expect(grant).toMatchObject({ status: 400, body: { error: 'invalid_grant', requires_password_change: true } });
    expect(grant.body['error_description']).toContain('password must be changed');
    const api = await callerWith(server, undefined).call('adminAuthenticate', { body: login });
    expect([api.status, api.body.error_code]).toEqual([403, 'PASSWORD_CHANGE_REQUIRED']);
    expect((await (await program(server)).begin(user)).error).toBe('redirect_to_web');
  });

  it('says nothing of it to whoever does not know the password', async () => {
    const user = await server.given.user({ requiresPasswordChange: true });
    const form = { grant_type: 'password', username: user.user.username, password: 'wrong' };
    const { body } = await read(await server.post('/api/v1/oauth/token', form));
    expect(body).not.toHaveProperty('requires_password_change');
  });

  it('leaves the change itself, its status and the logout to the tokens that the person has', async () => {
    const user = await server.given.user();
    const tokens = await server.given.passwordTokens(user);
    await demandChange(admin, user);
    const caller = callerWith(server, tokens.access_token);
    expect((await caller.call('getPasswordStatus')).body.requires_password_change).toBe(true);
    const body = { current_password: user.password, new_password: 'Another-0ne!' };
    expect((await caller.call('changePassword', { body })).status).toBe(200);
    const changed = await server.given.passwordTokens({ ...user, password: body.new_password });
    expect(changed).not.toHaveProperty('requires_password_change');
  });

  it('takes nothing away for good: after it, a login that was alive is over, and a new one works', async () => {
    const user = await server.given.user();
    const all = await giveAll(server, user, await server.given.client(), SCOPE);
    await demandChange(admin, user);
    expect((await all.refresh()).status).toBe(400);
    const params = { user_id: user.user.id };
    await admin.call('updateUser', { params, body: { requires_password_change: false } });
    expect((await all.refresh()).status).toBe(200);
  });

  it('is only a flag where it is not enforced', async () => {
    const lax = await startServer({ settings: { 'password_change.enforced': false } });
    try {
      const user = await lax.given.user();
      const all = await giveAll(lax, user, await lax.given.client(), SCOPE);
      await demandChange(await administrator(lax), user);
      expect((await all.refresh()).body).toMatchObject({ requires_password_change: true });
      expect((await all.redeem()).status).toBe(200);
      expect((await all.userinfo()).status).toBe(200);
      expect(await lax.given.passwordTokens(user)).toMatchObject({ requires_password_change: true });
    } finally {
      await lax.stop();
    }
  });
});
