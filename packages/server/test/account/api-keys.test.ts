import { isApiKey } from '@authly/oauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Agent, Page } from '../support/agent.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let user: GivenUser;
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
});

beforeEach(async () => {
  user = await server.given.user();
  agent = await server.given.signedIn(user);
});

afterAll(() => server.stop());

describe('an API key of the account page', () => {
  it('is shown once, is stored as a hash, and works as a bearer token with its scopes', async () => {
    const page = await create({ name: 'nightly backup', scope: 'openid' });
    const key = keyOn(page);
    expect(page.status).toBe(200);
    expect(isApiKey(key)).toBe(true);
    const userinfo = await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${key}` } });
    expect(await userinfo.json()).toMatchObject({ sub: user.user.id });
    const later = await agent.get('/account');
    expect(later.body).toContain('nightly backup');
    expect(later.body).toContain(`authly_pat_…${key.slice(-4)}`);
    expect(later.body).not.toContain(key);
    expect(server.logged()).not.toContain(key);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('has the scopes that were ticked, and no more than the person may hold', async () => {
    const refused = await create({ name: 'too much', scope: 'admin' });
    expect(refused.status).toBe(400);
    expect(refused.body).toContain('not yours to give');
    expect(refused.body).toContain('value="too much"');
    expect((await agent.get('/account')).body).not.toContain('value="admin:users:read"');
    const admin = await server.given.user({ isAdmin: true });
    agent = await server.given.signedIn(admin);
    expect((await create({ name: 'admin key', scope: 'admin:users:read' })).status).toBe(200);
  });

  it('loses its admin scopes the moment its owner is no administrator any more', async () => {
    const admin = await server.given.user({ isAdmin: true });
    agent = await server.given.signedIn(admin);
    const key = keyOn(await create({ name: 'admin key', scope: 'admin:users:read' }));
    await server.context.store.users.change(admin.user.id, { isAdmin: false }, { now: server.clock.now() });
    const caller = await server.given.client();
    const answer = await server.post('/api/v1/oauth/introspect', { token: key }, caller.basic);
    expect(((await answer.json()) as { scope?: string }).scope ?? '').not.toContain('admin');
  });

  it('needs a name, a permission and a lifetime that is offered', async () => {
    const cases = [
      [{ name: '', scope: 'openid' }, 'Give the key a name'],
      [{ name: '   ', scope: 'openid' }, 'Give the key a name'],
      [{ name: 'x'.repeat(256), scope: 'openid' }, 'at most 255'],
      [{ name: 'key' }, 'Choose at least one permission'],
      [{ name: 'key', scope: 'nonsense' }, 'not yours to give'],
      [{ name: 'key', scope: 'openid', expires_in: '99999999999' }, 'Choose one of the times'],
      [{ name: 'key', scope: 'openid', expires_in: '-1' }, 'Choose one of the times'],
    ] as const;
    for (const [fields, words] of cases) {
      const page = await create(fields);
      expect(page.status).toBe(400);
      expect(page.body).toContain(words);
    }
    expect((await agent.get('/account')).body).toContain('You have no API keys');
  });

  it('keeps control characters out of its name', async () => {
    await create({ name: 'a\tb\nc', scope: 'openid' });
    const { keys } = await listed();
    expect(keys.map((key) => key.name)).toEqual(['a b c']);
  });

  it('is made once when the answer is reloaded', async () => {
    const form = await agent.get('/account');
    const fields = { action: 'create', name: 'once', scope: 'openid', expires_in: '2592000' };
    await agent.submit(form, 'create-key-form', fields);
    const again = await agent.submit(form, 'create-key-form', fields);
    expect(again.url).toBe(`${server.url}/account`);
    expect((await listed()).total).toBe(1);
  });

  it('ends with its lifetime', async () => {
    const key = keyOn(await create({ name: 'short', scope: 'openid', expires_in: '2592000' }));
    server.clock.advance(2_592_000 - 1);
    expect(await worksAt(key)).toBe(200);
    server.clock.advance(2);
    expect(await worksAt(key)).toBe(401);
  });

  it('can be rotated: old and new overlap for the chosen time', async () => {
    const old = keyOn(await create({ name: 'rolling', scope: 'openid', expires_in: '31536000' }));
    const [stored] = (await listed()).keys;
    const page = await manage(stored?.id ?? '', { action: 'rotate', overlap: '3600' });
    const next = keyOn(page);
    expect(next).not.toBe(old);
    expect([await worksAt(old), await worksAt(next)]).toEqual([200, 200]);
    server.clock.advance(3601);
    expect([await worksAt(old), await worksAt(next)]).toEqual([401, 200]);
    const [rotated] = (await listed()).keys;
    expect(rotated).toMatchObject({ name: 'rolling', scopes: ['openid'], rotatedFrom: stored?.id });
    expect(rotated?.expiresAt?.getTime()).toBe(stored?.expiresAt?.getTime() ?? 0);
  });

  it('can be rotated without overlap, and not for a time that is not offered', async () => {
    const old = keyOn(await create({ name: 'rolling', scope: 'openid' }));
    const [stored] = (await listed()).keys;
    expect((await manage(stored?.id ?? '', { action: 'rotate', overlap: '99999999' })).status).toBe(400);
    expect(await worksAt(old)).toBe(200);
    await manage(stored?.id ?? '', { action: 'rotate', overlap: '0' });
    expect(await worksAt(old)).toBe(401);
  });

  it('can be revoked, at once', async () => {
    const key = keyOn(await create({ name: 'leaked', scope: 'openid' }));
    const [stored] = (await listed()).keys;
    const page = await manage(stored?.id ?? '', { action: 'revoke' });
    expect(page.body).toContain('no longer works');
    expect(await worksAt(key)).toBe(401);
  });

  it('belongs to its owner: nobody else can rotate or revoke it', async () => {
    const key = keyOn(await create({ name: 'mine', scope: 'openid' }));
    const [stored] = (await listed()).keys;
    const stranger = await server.given.user();
    const theirs = await server.given.signedIn(stranger);
    agent = theirs;
    await create({ name: 'theirs', scope: 'openid' });
    for (const action of ['rotate', 'revoke']) {
      const page = await agent.get('/account');
      const form = /id="(manage-key-[^"]+)"/.exec(page.body)?.[1] ?? '';
      await agent.submit(page, form, { action, overlap: '0', key_id: stored?.id ?? '' });
    }
    expect(await worksAt(key)).toBe(200);
  });

  it('is one of fifty at most', async () => {
    for (let number = 0; number < 50; number += 1)
      expect((await create({ name: `k${number}`, scope: 'openid' })).status).toBe(200);
    const page = await create({ name: 'one more', scope: 'openid' });
    expect(page.status).toBe(400);
    expect(page.body).toContain('as many keys as one account may have');
    const [stored] = (await listed()).keys;
    expect((await manage(stored?.id ?? '', { action: 'rotate', overlap: '3600' })).status).toBe(400);
    expect((await manage(stored?.id ?? '', { action: 'rotate', overlap: '0' })).status).toBe(200);
  });

  it('leaves a record of every step, without the key', async () => {
    const key = keyOn(await create({ name: 'recorded', scope: 'openid' }));
    const [stored] = (await listed()).keys;
    const next = keyOn(await manage(stored?.id ?? '', { action: 'rotate', overlap: '0' }));
    const [rotated] = (await listed()).keys;
    await manage(rotated?.id ?? '', { action: 'revoke' });
    const actions = ['api_key.created', 'api_key.rotated', 'api_key.revoked'] as const;
    const events = await server.context.audit.recentOf(user.user.id, { actions, limit: 10 });
    expect(events.map((event) => event.action)).toEqual(actions.toReversed());
    expect(JSON.stringify(events)).not.toContain(key.slice(11, -6));
    expect(JSON.stringify(events)).not.toContain(next.slice(11, -6));
  });
});

async function create(fields: Record<string, string>): Promise<Page> {
  const form = await agent.get('/account');
  return agent.submit(form, 'create-key-form', { action: 'create', ...fields });
}

async function manage(id: string, fields: Record<string, string>): Promise<Page> {
  return agent.submit(await agent.get('/account'), `manage-key-${id}`, fields);
}

function keyOn(page: Page): string {
  const key = /value="(authly_pat_[0-9A-Za-z]+)"/.exec(page.body)?.[1];
  if (key === undefined) throw new Error(`no key on the page: ${page.status}`);
  return key;
}

function listed() {
  const page = { limit: 100, offset: 0, includeInactive: false, now: server.clock.now() };
  return server.context.store.apiKeys.list({ owner: { userId: user.user.id }, ...page });
}

async function worksAt(key: string): Promise<number> {
  return (await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${key}` } })).status;
}
