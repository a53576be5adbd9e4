import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, type Caller } from '../admin/caller.js';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { giveAll, read, scopesOf } from './credentials.js';

const SCOPE = 'openid profile email offline_access read write';

let server: TestServer;
let user: GivenUser;
let admin: Caller;

beforeAll(async () => {
  server = await startServer();
  user = await server.given.user();
  admin = await administrator(server);
});
afterAll(() => server.stop());

async function assign(client: GivenClient, scope: string): Promise<void> {
  const reply = await admin.call('updateClient', {
    params: { client_id: client.clientId },
    body: { scopes: scope.split(' ') },
  });
  expect(reply.status, reply.text).toBe(200);
}

describe('a scope that an administrator takes away from a client', () => {
  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  // @check 163
  it('is gone from what was given before: refreshes, introspection, UserInfo, codes, devices', async () => {
    const client = await server.given.client();
    const all = await giveAll(server, user, client, SCOPE);
    await assign(client, 'openid offline_access read');
    const left = ['offline_access', 'openid', 'read'];
    expect(scopesOf(await all.introspect(all.tokens.access_token))).toEqual(left);
    expect(scopesOf(await all.introspect(all.tokens.refresh_token ?? ''))).toEqual(left);
    expect((await all.userinfo()).body).toEqual({ sub: user.user.id });
    const refreshed = await all.refresh();
    expect(scopesOf(refreshed)).toEqual(left);
    expect(scopesOf(await all.introspect(refreshed.body['access_token'] as string))).toEqual(left);
    expect((await all.userinfo(refreshed.body['access_token'] as string)).body).toEqual({ sub: user.user.id });
    expect(scopesOf(await all.redeem())).toEqual(left);
    expect(scopesOf(await all.poll())).toEqual(left);
  });

  it('comes back to a login that is still alive when it is given back', async () => {
    const client = await server.given.client();
    const all = await giveAll(server, user, client, SCOPE);
    await assign(client, 'openid offline_access');
    const less = await all.refresh();
    expect(scopesOf(less)).toEqual(['offline_access', 'openid']);
    await assign(client, SCOPE);
    const again = await all.refresh({ refresh_token: less.body['refresh_token'] as string });
    expect(scopesOf(again)).toEqual(SCOPE.split(' ').sort());
  });

  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  it('ends the logins that outlive the browser when it is offline_access', async () => {
    const client = await server.given.client();
    const all = await giveAll(server, user, client, SCOPE);
    await assign(client, 'openid');
    expect(scopesOf(await all.introspect(all.tokens.access_token))).toEqual(['openid']);
    expect((await all.introspect(all.tokens.refresh_token ?? '')).body).toEqual({ active: false });
    for (const answer of [await all.refresh(), await all.redeem(), await all.poll()])
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    await assign(client, SCOPE);
    expect((await all.refresh()).body.error).toBe('invalid_grant');
  });

  it('leaves nothing to a login that had only that', async () => {
    const client = await server.given.client();
    const all = await giveAll(server, user, client, 'read');
    await assign(client, 'openid');
    for (const answer of [await all.refresh(), await all.redeem(), await all.poll()])
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('is not granted by a consent page that was open meanwhile, nor shown on it', async () => {
    const client = await server.given.client();
    const agent = await server.given.signedIn(user);
    const verifier = 'v'.repeat(43);
    const asked = new URLSearchParams({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: 'https://app.example/callback',
      scope: SCOPE,
      code_challenge: server.context.hashing.sha256(verifier).toString('base64url'),
      code_challenge_method: 'S256',
    });
    const page = await agent.follow(await agent.get(`/api/v1/oauth/authorize?${asked}`));
    await assign(client, 'openid profile offline_access');
    expect((await agent.get(page.url)).body).not.toContain('e-mail');
    const done = await agent.submit(page, 'consent-form', { decision: 'allow' });
    const code = new URL(done.location ?? '').searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier };
    const answer = await read(await server.post('/api/v1/oauth/token', form, client.basic));
    expect(scopesOf(answer)).toEqual(['offline_access', 'openid', 'profile']);
  });

  it('is gone from the API keys of a service', async () => {
    const client = await server.given.client({ scopes: ['read', 'write'] });
    const body = { name: 'A key', client_id: client.clientId, scope: 'read write' };
    const { api_key: key } = (await admin.call('createApiKey', { body })).body;
    const introspect = async () =>
      scopesOf(await read(await server.post('/api/v1/oauth/introspect', { token: key }, client.basic)));
    expect(await introspect()).toEqual(['read', 'write']);
    await assign(client, 'read');
    expect(await introspect()).toEqual(['read']);
  });
});

describe.each(['switched off', 'deleted'] as const)('a scope that was %s', (how) => {
  // @attack refresh after rights were withdrawn (CVE-2025-12110, CVE-2025-53942, dex a5ed0cbd)
  it('counts for nothing in any token, code or key that has it', async () => {
    const scope = `reports:${how.replace(' ', '_')}`;
    await server.given.scope(scope);
    const client = await server.given.client({ scopes: ['openid', 'offline_access', scope] });
    const all = await giveAll(server, user, client, `openid offline_access ${scope}`);
    const { access_token: own } = await server.given.passwordTokens(user, ['openid', scope]);
    const made = await fetch(`${server.url}/api/v1/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'A key', scope: `openid ${scope}` }),
    });
    const key = ((await made.json()) as { api_key: string }).api_key;
    const params = { scope_name: scope };
    const reply =
      how === 'deleted'
        ? await admin.call('deleteScope', { params })
        : await admin.call('updateScope', { params, body: { is_active: false } });
    expect(reply.status, reply.text).toBeLessThan(300);
    const left = ['offline_access', 'openid'];
    expect(scopesOf(await all.introspect(all.tokens.access_token))).toEqual(left);
    expect(scopesOf(await all.introspect(all.tokens.refresh_token ?? ''))).toEqual(left);
    expect(scopesOf(await all.introspect(key))).toEqual(['openid']);
    expect(scopesOf(await all.introspect(own))).toEqual(['openid']);
    expect(scopesOf(await all.refresh())).toEqual(left);
    expect(scopesOf(await all.redeem())).toEqual(left);
    expect(scopesOf(await all.poll())).toEqual(left);
  });
});
