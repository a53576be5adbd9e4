import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administrator, type Caller } from '../admin/caller.js';
import type { Agent } from '../support/agent.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let admin: Caller;
let user: GivenUser;
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});

beforeEach(async () => {
  user = await server.given.user();
  agent = await server.given.signedIn(user);
});

afterAll(() => server.stop());

async function makeKey(person: GivenUser, token?: string): Promise<Response> {
  const bearer = token ?? (await server.given.passwordTokens(person, ['openid', 'read'])).access_token;
  return fetch(`${server.url}/api/v1/api-keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'a key', scope: 'openid read' }),
  });
}

async function keyOf(person: GivenUser): Promise<string> {
  const made = (await (await makeKey(person)).json()) as { api_key: string };
  return made.api_key;
}

async function works(token: string): Promise<boolean> {
  const answer = await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  return answer.status === 200;
}

describe('API keys end', () => {
  const id = (): string => user.user.id;
  it.each<[string, () => Promise<unknown>]>([
    ['with a reset of the password', () => admin.call('resetPassword', { params: { user_id: id() } })],
    [
      'with all sessions that an administrator revokes',
      () => admin.call('revokeUserSessions', { params: { user_id: id() } }),
    ],
    [
      'with a password that an administrator sets',
      () => admin.call('updateAccount', { params: { user_id: id() }, body: { password: 'Another-long-1!' } }),
    ],
    [
      'with “sign out everywhere”',
      async () => {
        const { access_token: token } = await server.given.passwordTokens(user);
        const headers = { authorization: `Bearer ${token}` };
        expect((await fetch(`${server.url}/api/v1/auth/logout`, { method: 'POST', headers })).status).toBe(200);
      },
    ],
    [
      'with the account, and its activation brings none back',
      async () => {
        await admin.call('updateUser', { params: { user_id: id() }, body: { is_active: false } });
        await admin.call('updateUser', { params: { user_id: id() }, body: { is_active: true } });
      },
    ],
  ])('%s', async (_when, act) => {
    const key = await keyOf(user);
    expect(await works(key)).toBe(true);
    await act();
    expect(await works(key)).toBe(false);
  });

  it('not with a password that the person changes: they are listed beside it', async () => {
    const key = await keyOf(user);
    const changed = await agent.submit(await agent.get('/account'), 'change-password-form', {
      current_password: user.password,
      new_password: 'Another-long-1!',
      confirm_password: 'Another-long-1!',
    });
    expect(changed.status).toBe(200);
    expect(await works(key)).toBe(true);
    expect(changed.body).toContain('a key');
  });

  it('even when one is being made at that moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await server.given.user();
      const { access_token: token } = await server.given.passwordTokens(person, ['openid', 'read']);
      const [answers] = await Promise.all([
        Promise.all(Array.from({ length: 6 }, () => makeKey(person, token))),
        admin.call('revokeUserSessions', { params: { user_id: person.user.id } }),
      ]);
      const made = answers.filter(({ status }) => status === 201);
      const keys = await Promise.all(
        made.map(async (answer) => ((await answer.json()) as { api_key: string }).api_key),
      );
      expect(await Promise.all(keys.map(works))).toEqual(keys.map(() => false));
    }
  });
});

describe('making an API key', () => {
  it('needs a recent sign-in on the account page, or the password', async () => {
    server.clock.advance(601);
    const page = await agent.get('/account');
    const wanted = { action: 'create', name: 'stolen', scope: 'read' };
    for (const proof of ['', 'not it']) {
      const refused = await agent.submit(page, 'create-key-form', { ...wanted, proof });
      expect(refused.status).toBe(400);
      expect(refused.body).not.toContain('authly_pat_');
      expect(refused.body).toContain('value="stolen"');
    }
    const made = await agent.submit(await agent.get('/account'), 'create-key-form', {
      ...wanted,
      proof: user.password,
    });
    expect(made.body).toContain('authly_pat_');
    const [key] = (await server.context.store.apiKeys.list(ownKeys())).keys;
    const form = await agent.get('/account');
    const rotation = { action: 'rotate', overlap: '0' };
    const refused = await agent.submit(form, `manage-key-${key?.id}`, { ...rotation, proof: 'not it' });
    expect(refused.status).toBe(400);
    const rotated = await agent.submit(await agent.get('/account'), `manage-key-${key?.id}`, {
      ...rotation,
      proof: user.password,
    });
    expect(rotated.body).toContain('authly_pat_');
  });

  it('needs a token of a recent sign-in at the API; a key may replace itself at any time', async () => {
    const { access_token: token } = await server.given.passwordTokens(user, ['openid', 'read']);
    const { id, api_key: key } = (await (await makeKey(user, token)).json()) as { id: string; api_key: string };
    server.clock.advance(601);
    const refused = await makeKey(user, token);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/error="insufficient_user_authentication".*max_age=600/);
    const rotate = (bearer: string): Promise<Response> =>
      fetch(`${server.url}/api/v1/api-keys/${id}/rotate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}` },
      });
    expect((await rotate(token)).status).toBe(401);
    expect((await rotate(key)).status).toBe(201);
  });

  it('offers no scope that means nothing to a key', async () => {
    const { body } = await agent.get('/account');
    const offered = [...body.matchAll(/name="scope" value="([^"]+)"/g)].map(([, scope]) => scope);
    expect(offered).toContain('read');
    expect(offered).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(openid|address|phone|offline_access)$/)]),
    );
  });
});

describe('logins of programs', () => {
  const refresh = (token: string | undefined): Promise<Response> =>
    server.post('/api/v1/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: token ?? '',
      client_id: 'authly',
    });

  it('are listed to their owner and end one by one', async () => {
    const first = await server.given.passwordTokens(user);
    // The list is newest first.
    server.clock.advance(1);
    const second = await server.given.passwordTokens(user);
    const page = await agent.get('/account');
    const ids = [...page.body.matchAll(/name="grant_id" value="([^"]+)"/g)].map(([, id]) => id ?? '');
    expect(ids).toHaveLength(2);
    const after = await agent.submit(page, 'sessions-form', { grant_id: ids[1] ?? '' });
    expect(after.body).toContain('The session is ended.');
    expect([(await refresh(first.refresh_token)).status, (await refresh(second.refresh_token)).status]).toEqual([
      400, 200,
    ]);
  });

  it('end with all other sessions', async () => {
    const { refresh_token: token, access_token: access } = await server.given.passwordTokens(user);
    await agent.submit(await agent.get('/account'), 'end-other-sessions-form', { action: 'end_others' });
    expect((await refresh(token)).status).toBe(400);
    expect(await works(access)).toBe(false);
    expect((await agent.get('/account')).status).toBe(200);
  });

  it('are their owner’s own, and neither browsers nor applications with access', async () => {
    const client = await server.given.client();
    await server.given.tokens({ user, client, scope: 'openid offline_access' });
    expect((await agent.get('/account')).body).not.toContain('name="grant_id"');
    const other = await server.given.user();
    const theirs = await server.given.passwordTokens(other);
    const [login] = await server.context.store.programLogins.listOf(other.user.id, {
      limit: 10,
      now: server.clock.now(),
    });
    await agent.submit(await agent.get('/account'), 'sessions-form', { grant_id: login?.grantId ?? '' });
    expect((await refresh(theirs.refresh_token)).status).toBe(200);
  });
});

function ownKeys(): Parameters<TestServer['context']['store']['apiKeys']['list']>[0] {
  return { owner: { userId: user.user.id }, limit: 10, offset: 0, includeInactive: false, now: server.clock.now() };
}
