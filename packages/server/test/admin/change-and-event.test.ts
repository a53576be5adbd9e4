import { operations, type RouteName } from '@authly/admin-api';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Agent } from '../support/agent.js';
import { givenAuthenticator } from '../support/authenticator.js';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller, callerWith, type Wish } from './caller.js';

type Administrator = Caller & { readonly person: GivenUser };

let server: TestServer;
let admin: Administrator;
let database: Client;

beforeAll(async () => {
  server = await startServer({ settings: { 'admin.rate_limit': 10_000 } });
  admin = await administrator(server);
  database = new Client({ connectionString: server.databaseUrl });
  await database.connect();
  await database.query(`
    create table refused (action text);
    create function refuse_event() returns trigger language plpgsql as $$
    begin
      if exists (select from refused where new.action like refused.action) then raise exception 'no room for this event'; end if;
      return new;
    end
    $$;
    create trigger refuse_event before insert on audit_events for each row execute function refuse_event()`);
});
afterAll(async () => {
  await database.end();
  await server.stop();
});

/** Everything that a change can touch, but for the counts of limits on calls. */
const TABLES = [
  'users',
  'oauth_clients',
  'client_secrets',
  'oauth_scopes',
  'sessions',
  'consents',
  'grants',
  'access_tokens',
  'refresh_tokens',
  'api_keys',
  'totp_apps',
  'recovery_codes',
  'signing_keys',
  'audit_events',
  'audit_head',
  `rate_limits where key like 'sign-in:%:lock:%'`,
];

async function stateOf(tables: readonly string[]): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const table of tables) {
    const { rows } = await database.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from (select * from ${table}) t`,
    );
    state[table] = rows[0]?.digest ?? '';
  }
  return state;
}

/** Does something while no event can be stored, and says whether anything was stored nevertheless. */
async function withoutRoomForEvents<T>(action: () => Promise<T>, tables = TABLES): Promise<T> {
  const before = await stateOf(tables);
  await database.query(`insert into refused values ('%')`);
  try {
    return await action();
  } finally {
    await database.query('delete from refused');
    expect(await stateOf(tables)).toEqual(before);
  }
}

interface Attempt {
  readonly by: Caller;
  readonly wish: Wish;
}

describe('a change whose event cannot be stored is not made', () => {
  let person: GivenUser;
  let client: string;
  let scope: string;
  let serial = 0;

  beforeEach(async () => {
    serial += 1;
    person = await server.given.user();
    client = (
      await admin.call('createClient', {
        body: { client_name: 'C', client_type: 'confidential', redirect_uris: ['https://app.example/cb'] },
      })
    ).body.client_id;
    scope = `scope:${serial}`;
    await admin.call('createScope', { body: { scope_name: scope } });
  });

  const byAdmin = (wish: Wish): Attempt => ({ by: admin, wish });
  const ofUser = (body?: unknown): Attempt =>
    byAdmin({ params: { user_id: person.user.id }, ...(body === undefined ? {} : { body }) });
  const ofClient = (body?: unknown): Attempt =>
    byAdmin({ params: { client_id: client }, ...(body === undefined ? {} : { body }) });
  const registered = async (): Promise<string> => {
    const response = await fetch(`${server.url}/api/v1/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/'] }),
    });
    return ((await response.json()) as { client_id: string }).client_id;
  };
  const resource = async (): Promise<string> => (await server.given.resource(`https://api${serial}.example/`)).id;
  const ofResource = (resource_id: string, body?: unknown): Attempt =>
    byAdmin({ params: { resource_id }, ...(body === undefined ? {} : { body }) });
  const themselves = async (): Promise<Caller> =>
    callerWith(server, (await server.given.passwordTokens(person)).access_token);
  const keyOfPerson = async (): Promise<string> =>
    (await admin.call('createApiKey', { body: { name: 'k', scope: 'openid', user_id: person.user.id } })).body.id;

  const cases: Partial<Record<RouteName, () => Attempt | Promise<Attempt>>> = {
    createClient: () =>
      byAdmin({ body: { client_name: 'New', client_type: 'confidential', redirect_uris: ['https://app.example/cb'] } }),
    updateClient: () => ofClient({ is_active: false }),
    updateClientOidc: () => ofClient({ require_auth_time: true }),
    regenerateClientSecret: () => ofClient(),
    deleteClient: () => ofClient(),
    createRegistrationToken: () => byAdmin({ body: { uses: 2 } }),
    resetRegistrationToken: async () => byAdmin({ params: { client_id: await registered() } }),
    createScope: () => byAdmin({ body: { scope_name: `new:${serial}` } }),
    updateScope: () => byAdmin({ params: { scope_name: scope }, body: { description: 'x' } }),
    deleteScope: () => byAdmin({ params: { scope_name: scope } }),
    createResource: () => byAdmin({ body: { identifier: `https://new${serial}.example/`, name: 'New' } }),
    updateResource: async () => ofResource(await resource(), { name: 'Other' }),
    deleteResource: async () => ofResource(await resource()),
    createUser: () => byAdmin({ body: { username: `new_${serial}`, email: `new${serial}@example.org` } }),
    updateUser: async () => {
      await themselves();
      return ofUser({ password: 'Another-passw0rd!', nickname: 'N' });
    },
    deleteUser: () => ofUser(),
    resetPassword: async () => {
      await themselves();
      return ofUser();
    },
    resetSecondFactor: async () => {
      await givenAuthenticator(server, person.user);
      return ofUser();
    },
    unlockUser: async () => {
      for (let tries = 0; tries < 11; tries += 1)
        await server.post('/api/v1/oauth/token', {
          grant_type: 'password',
          username: person.user.username,
          password: 'wrong',
        });
      return ofUser();
    },
    verifyUser: () => ofUser(),
    registerAccount: () => ({
      by: callerWith(server, undefined),
      wish: { body: { username: `reg_${serial}`, email: `reg${serial}@example.org`, password: 'Long-passw0rd!' } },
    }),
    updateAccount: () => ofUser({ is_admin: true }),
    deleteAccount: () => ofUser(),
    verifyAccount: () => ofUser(),
    revokeUserSessions: async () => {
      await server.given.signedIn(person);
      return ofUser();
    },
    revokeUserSession: async () => {
      await server.given.signedIn(person);
      const { body } = await admin.call('listUserSessions', { params: { user_id: person.user.id } });
      return byAdmin({ params: { user_id: person.user.id, session_id: body.sessions[0]?.session_id ?? '' } });
    },
    revokeUserTokens: async () => {
      await themselves();
      return ofUser();
    },
    createApiKey: () => byAdmin({ body: { name: 'k', scope: 'read', user_id: person.user.id } }),
    rotateApiKey: async () => byAdmin({ params: { id: await keyOfPerson() }, body: { overlap_seconds: 60 } }),
    revokeApiKey: async () => byAdmin({ params: { id: await keyOfPerson() } }),
    rotateKeys: () => byAdmin({ body: { algorithm: 'ES256' } }),
    withdrawKey: async () => {
      const { body } = await admin.call('rotateKeys', { body: { algorithm: 'ES256' } });
      return byAdmin({ params: { kid: body.keys[0]?.kid ?? '' } });
    },
    createOwnApiKey: async () => ({ by: await themselves(), wish: { body: { name: 'k', scope: 'openid' } } }),
    rotateOwnApiKey: async () => ({ by: await themselves(), wish: { params: { id: await keyOfPerson() } } }),
    revokeOwnApiKey: async () => ({ by: await themselves(), wish: { params: { id: await keyOfPerson() } } }),
    logout: async () => ({ by: await themselves(), wish: {} }),
    changePassword: async () => ({
      by: await themselves(),
      wish: { body: { current_password: person.password, new_password: 'Another-passw0rd!' } },
    }),
  };

  const writing = operations().filter(({ method, name }) => method !== 'GET' && name !== 'adminAuthenticate');

  test.each(writing.map(({ name, idempotent }) => [name, idempotent === true] as const))(
    '%s',
    async (name, isIdempotent) => {
      const prepare = cases[name];
      if (!prepare) throw new Error(`no case for ${name}`);
      const { by, wish } = await prepare();
      const headers = { 'x-request-id': `together-${name}` };
      const refused = await withoutRoomForEvents(() => by.call(name, { ...wish, headers }));
      expect([refused.status, refused.body.error_code]).toEqual([500, 'INTERNAL']);
      expect(refused.text).not.toContain('no room');
      if (isIdempotent) {
        const withKey = { ...wish, headers: { 'idempotency-key': `key-of-${name}` } };
        expect((await withoutRoomForEvents(() => by.call(name, withKey))).status).toBe(500);
        // The key is free again: the refused attempt has left nothing that could be taken for an answer.
        const done = await by.call(name, withKey);
        expect([done.status < 300, done.headers.get('idempotent-replayed')]).toEqual([true, null]);
        const again = await by.call(name, withKey);
        expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([done.text, 'true']);
        return;
      }
      const done = await by.call(name, { ...wish, headers });
      expect(done.status, done.text).toBeLessThan(300);
      const { rowCount } = await database.query('select from audit_events where request_id = $1', [`together-${name}`]);
      expect(rowCount).toBe(1);
    },
  );
});

describe('what people change about themselves is not changed when its event cannot be stored', () => {
  let person: GivenUser;
  let agent: Agent;
  let app: GivenClient;

  beforeEach(async () => {
    person = await server.given.user();
    app = await server.given.client();
    ({ agent } = await server.given.tokens({ user: person, client: app }));
    await server.given.signedIn(person);
  });

  const form = async (id: string, fields: Record<string, string>) => {
    const page = await agent.get('/account');
    await withoutRoomForEvents(async () => {
      expect((await agent.submit(page, id, fields)).status).toBe(500);
    });
    const done = await agent.submit(await agent.get('/account'), id, fields);
    expect(done.status).toBe(200);
  };

  test('the password', () =>
    form('change-password-form', {
      current_password: person.password,
      new_password: 'Another-passw0rd!',
      confirm_password: 'Another-passw0rd!',
    }));

  test('other sessions', () => form('end-other-sessions-form', { action: 'end_others' }));

  test('the access of an application', () => form('apps-form', { client_id: app.clientId }));

  test('the consent to an application', async () => {
    const other = await server.given.client();
    // The code that nobody gets to see has been stored; what counts is that nothing is consented to.
    await withoutRoomForEvents(async () => {
      await expect(server.given.code({ user: person, client: other, agent })).rejects.toThrow('no code: 500');
    }, ['consents', 'audit_events']);
    expect((await server.given.code({ user: person, client: other, agent })).code).toEqual(expect.any(String));
  });

  test('the profile', async () => {
    const { access_token: token } = await server.given.passwordTokens(person);
    const change = () =>
      fetch(`${server.url}/oidc/userinfo`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ given_name: 'Grace' }),
      });
    await withoutRoomForEvents(async () => {
      expect((await change()).status).toBe(500);
    });
    expect((await change()).status).toBe(200);
  });
});

/** Whoever was signed out by an administrator just then finds no form; what counts is that nobody meets a fault. */
async function comeAndGo(person: GivenUser | undefined): Promise<{ readonly status: number; readonly text: string }> {
  if (!person) throw new Error('nobody');
  const browser = await server.given.signedIn(person);
  const page = await browser.get('/account');
  const left = page.status === 200 ? await browser.submit(page, 'sign-out-form') : page;
  return { status: Math.max(page.status, left.status), text: left.body };
}

describe('twenty administrators at once', () => {
  test('leave a whole chain, with exactly one event for every change', async () => {
    const admins = await Promise.all(Array.from({ length: 4 }, () => administrator(server)));
    const people = await Promise.all(Array.from({ length: 20 }, () => server.given.user()));
    const changes = people.flatMap(({ user }, index) => {
      const by = admins[index % admins.length] ?? admin;
      const params = { user_id: user.id as string };
      const headers = { 'x-request-id': `parallel-${index}` };
      return [
        by.call('updateUser', { params, body: { nickname: `N${index}` }, headers }),
        by.call('createScope', { body: { scope_name: `parallel:${index}` }, headers }),
        by.call('resetPassword', { params, headers }),
        by.call('createApiKey', { body: { name: 'k', scope: 'read', user_id: user.id }, headers }),
      ];
    });
    const signIns = people.map(({ user }) =>
      server.post('/api/v1/oauth/token', { grant_type: 'password', username: user.username, password: 'wrong' }),
    );
    const replies = await Promise.all(changes);
    await Promise.all(signIns);
    expect(replies.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
    const { rows } = await database.query<{ action: string; count: number }>(
      `select action, count(*)::integer from audit_events where request_id like 'parallel-%' group by action order by action`,
    );
    expect(rows).toEqual(
      ['api_key.created', 'scope.created', 'user.changed', 'user.password_reset'].map((action) => ({
        action,
        count: 20,
      })),
    );
    expect((await admin.call('verifyAudit')).body).toMatchObject({ valid: true, problem_count: 0 });
  });

  test('do not trip over each other at the same few people, clients and scopes', async () => {
    const admins = await Promise.all(Array.from({ length: 5 }, () => administrator(server)));
    const people = await Promise.all(Array.from({ length: 3 }, () => server.given.user()));
    const apps = await Promise.all(people.map(() => server.given.client()));
    await admin.call('createScope', { body: { scope_name: 'crowded' } });
    for (const [index, person] of people.entries()) {
      const client = apps[index] ?? (await server.given.client());
      await server.given.tokens({ user: person, client });
      await server.given.signedIn(person);
    }
    const started = await server.context.store.admin.audit.newest({}, { limit: 1 });
    const calls = Array.from({ length: 25 }, (_, index) => {
      const by = admins[index % admins.length] ?? admin;
      const person = people[index % people.length];
      const app = apps[(index + 1) % apps.length];
      const user = { user_id: person?.user.id ?? '' };
      const client = { client_id: app?.clientId ?? '' };
      return [
        by.call('revokeUserSessions', { params: user }),
        by.call('resetPassword', { params: user }),
        by.call('updateUser', { params: user, body: { is_active: index % 2 === 0 } }),
        by.call('revokeUserTokens', { params: user }),
        by.call('updateClient', { params: client, body: { is_active: index % 2 === 1 } }),
        by.call('updateScope', { params: { scope_name: 'crowded' }, body: { description: String(index) } }),
        // And the people themselves come and go meanwhile.
        comeAndGo(person),
      ];
    }).flat();
    const replies = await Promise.all(calls);
    expect(replies.filter(({ status }) => status >= 500).map(({ text }) => text)).toEqual([]);
    expect(await server.context.store.admin.audit.newest({}, { limit: 1 })).not.toEqual(started);
    expect((await admin.call('verifyAudit')).body).toMatchObject({ valid: true, problem_count: 0 });
  });
});
