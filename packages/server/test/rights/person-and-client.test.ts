import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, type Caller } from '../admin/caller.js';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { type Credentials, giveAll, scopesOf } from './credentials.js';

const SCOPE = 'openid profile offline_access read';

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

async function changeUser({ user }: GivenUser, body: object): Promise<void> {
  const reply = await admin.call('updateUser', { params: { user_id: user.id }, body });
  expect(reply.status, reply.text).toBe(200);
}

async function changeClient({ clientId }: GivenClient, body: object): Promise<void> {
  const reply = await admin.call('updateClient', { params: { client_id: clientId }, body });
  expect(reply.status, reply.text).toBe(200);
}

async function expectDead(all: Credentials): Promise<void> {
  expect((await all.userinfo()).status).toBe(401);
  for (const token of [all.tokens.access_token, all.tokens.refresh_token ?? ''])
    expect((await all.introspect(token)).body).toEqual({ active: false });
  for (const answer of [await all.refresh(), await all.redeem(), await all.poll()])
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  expect(await all.authorize()).not.toBe('code');
}

describe('a person', () => {
  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  // @check 163
  it('who is deactivated loses every credential, and activating brings none back', async () => {
    const user = await server.given.user();
    const all = await giveAll(server, user, await server.given.client(), SCOPE);
    await changeUser(user, { is_active: false });
    await expectDead(all);
    await changeUser(user, { is_active: true });
    await expectDead(all);
  });

  it('whose password an administrator resets loses every credential', async () => {
    const user = await server.given.user();
    const all = await giveAll(server, user, await server.given.client(), SCOPE);
    await admin.call('resetPassword', { params: { user_id: user.user.id } });
    await expectDead(all);
  });

  it('who is no administrator any more keeps no scope of administration anywhere', async () => {
    const user = await server.given.user({ isAdmin: true });
    const client = await server.given.client({ scopes: ['openid', 'offline_access', 'admin:users:read'] });
    const all = await giveAll(server, user, client, 'openid offline_access admin:users:read');
    await changeUser(user, { is_admin: false });
    const left = ['offline_access', 'openid'];
    for (const token of [all.tokens.access_token, all.tokens.refresh_token ?? ''])
      expect(scopesOf(await all.introspect(token))).toEqual(left);
    for (const answer of [await all.refresh(), await all.redeem(), await all.poll()])
      expect(scopesOf(answer)).toEqual(left);
  });
});

describe('a client', () => {
  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  // @check 163
  it('that is switched off can use nothing, and what it was given does not work elsewhere either', async () => {
    const user = await server.given.user();
    const client = await server.given.client();
    const other = await server.given.client();
    const all = await giveAll(server, user, client, SCOPE);
    await changeClient(client, { is_active: false });
    for (const answer of [await all.refresh(), await all.redeem(), await all.poll()])
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
    expect((await all.userinfo()).status).toBe(401);
    const asked = await server.post('/api/v1/oauth/introspect', { token: all.tokens.access_token }, other.basic);
    expect(await asked.json()).toEqual({ active: false });
    expect(await all.authorize()).not.toBe('code');
  });

  it('that loses a grant type can use nothing of it that was given before', async () => {
    const user = await server.given.user();
    const client = await server.given.client();
    const all = await giveAll(server, user, client, SCOPE);
    await changeClient(client, { grant_types: ['client_credentials'], redirect_uris: [] });
    for (const answer of [await all.refresh(), await all.redeem(), await all.poll()])
      expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
    expect((await all.introspect(all.tokens.refresh_token ?? '')).body).toEqual({ active: false });
    expect(await all.authorize()).not.toBe('code');
  });
});
