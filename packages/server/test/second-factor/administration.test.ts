import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administrator, type Caller, callerWith } from '../admin/caller.js';
import { createAgent } from '../support/agent.js';
import { startServer, type TestServer } from '../support/server.js';
import { eventsOf, type Guarded, guardedUser, signedInWithBoth, typeCode, typePassword, wrongCode } from './given.js';

let server: TestServer;
let admin: Caller;
let person: Guarded;
let params: { readonly user_id: string };

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
beforeEach(async () => {
  person = await guardedUser(server);
  params = { user_id: person.user.id };
});
afterAll(() => server.stop());

describe('an administrator', () => {
  it('sees who has a second factor', async () => {
    expect((await admin.call('getUser', { params })).body.mfa_enabled).toBe(true);
    const plain = await server.given.user();
    expect((await admin.call('getUser', { params: { user_id: plain.user.id } })).body.mfa_enabled).toBe(false);
  });

  it('takes it away from somebody who has lost it; the password is enough then, and the person is told', async () => {
    const elsewhere = await signedInWithBoth(server, person);
    const { body } = await admin.call('resetSecondFactor', { params });
    expect(body).toMatchObject({ user_id: person.user.id, username: person.user.username, was_enabled: true });
    expect((await admin.call('getUser', { params })).body.mfa_enabled).toBe(false);
    const browser = createAgent(server.url);
    expect((await typePassword(browser, person)).url).toBe(`${server.url}/account`);
    const page = await elsewhere.get('/account');
    expect(page.status).toBe(200);
    expect(page.body).toContain('Second factor reset by an administrator');
    expect(await eventsOf(server, person)).toContainEqual({
      action: 'user.second_factor_reset',
      outcome: 'success',
      details: { was_enabled: true },
    });
    expect((await admin.call('resetSecondFactor', { params })).body.was_enabled).toBe(false);
  });

  it('lets somebody in again who typed too many wrong codes', async () => {
    const browser = createAgent(server.url);
    const asked = await typePassword(browser, person);
    const most = server.context.settings['lockout.max_attempts'];
    for (let tries = 0; tries < most; tries += 1) await typeCode(browser, asked, wrongCode(person.app));
    expect((await typeCode(browser, asked, person.app.code())).status).toBe(429);
    expect((await admin.call('getUser', { params })).body.locked_until).not.toBeNull();
    expect((await admin.call('unlockUser', { params })).body.was_locked).toBe(true);
    expect((await admin.call('getUser', { params })).body.locked_until).toBeNull();
    expect((await typeCode(browser, asked, person.app.code())).url).toBe(`${server.url}/account`);
  });

  it('needs the scope for it, and somebody to do it to', async () => {
    const other = await server.given.user();
    const tokens = await server.given.passwordTokens(other);
    const refused = await callerWith(server, tokens.access_token).call('resetSecondFactor', { params });
    expect(refused.status).toBe(403);
    expect((await callerWith(server, undefined).call('resetSecondFactor', { params })).status).toBe(401);
    const nobody = { user_id: '00000000-0000-4000-8000-000000000000' };
    expect((await admin.call('resetSecondFactor', { params: nobody })).status).toBe(404);
    expect((await admin.call('getUser', { params })).body.mfa_enabled).toBe(true);
  });
});
