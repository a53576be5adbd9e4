import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

const WEB = { client_name: 'Web', client_type: 'confidential', redirect_uris: ['https://app.example/cb'] };

describe('two administrators at once', () => {
  test('changes of different fields are both kept', async () => {
    const { body: client } = await admin.call('createClient', { body: WEB });
    const params = { client_id: client.client_id as string };
    const changes = [
      { client_name: 'Other' },
      { client_uri: 'https://a.example' },
      { tos_uri: 'https://t.example' },
      { require_auth_time: true },
    ];
    const replies = await Promise.all(changes.map((body) => admin.call('updateClient', { params, body })));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { body: after } = await admin.call('getClient', { params });
    expect(after).toMatchObject({
      client_name: 'Other',
      client_uri: 'https://a.example',
      tos_uri: 'https://t.example',
      require_auth_time: true,
    });
  });

  test('of two changes based on the same version one wins and one is told', async () => {
    const person = await server.given.user();
    const { body: client } = await admin.call('createClient', { body: WEB });
    await admin.call('createScope', { body: { scope_name: 'contested' } });
    const cases = [
      [
        'getClient',
        'updateClient',
        { client_id: client.client_id as string },
        [{ client_name: 'A' }, { client_name: 'B' }],
      ],
      [
        'getClientOidc',
        'updateClientOidc',
        { client_id: client.client_id as string },
        [{ require_auth_time: true }, { default_max_age: 5 }],
      ],
      ['getScope', 'updateScope', { scope_name: 'contested' }, [{ description: 'A' }, { description: 'B' }]],
      ['getUser', 'updateUser', { user_id: person.user.id as string }, [{ nickname: 'A' }, { nickname: 'B' }]],
      [
        'getAccount',
        'updateAccount',
        { user_id: person.user.id as string },
        [{ email: 'a@b.example' }, { email: 'c@d.example' }],
      ],
    ] as const;
    for (const [read, change, params, bodies] of cases) {
      const etag = (await admin.call(read, { params })).headers.get('etag') ?? '';
      expect(etag).toMatch(/^"v\d+"$/);
      const replies = await Promise.all(
        bodies.map((body) => admin.call(change, { params, body, headers: { 'if-match': etag } })),
      );
      expect(replies.map(({ status }) => status).toSorted(), change).toEqual([200, 412]);
      const stale = replies.find(({ status }) => status === 412);
      expect(stale?.body.error_code).toBe('STALE_VERSION');
      const winner = replies.find(({ status }) => status === 200);
      expect(winner?.headers.get('etag')).not.toBe(etag);
      expect((await admin.call(read, { params })).headers.get('etag')).toBe(winner?.headers.get('etag'));
    }
  });

  test('a deletion based on an old version deletes nothing', async () => {
    const person = await server.given.user();
    const { body: client } = await admin.call('createClient', { body: WEB });
    await admin.call('createScope', { body: { scope_name: 'dying' } });
    const cases = [
      ['deleteClient', 'getClient', { client_id: client.client_id as string }],
      ['deleteScope', 'getScope', { scope_name: 'dying' }],
      ['deleteUser', 'getUser', { user_id: person.user.id as string }],
    ] as const;
    for (const [remove, read, params] of cases) {
      const refused = await admin.call(remove, { params, headers: { 'if-match': '"v99"' } });
      expect([remove, refused.status]).toEqual([remove, 412]);
      const unreadable = await admin.call(remove, { params, headers: { 'if-match': '"something else"' } });
      expect(unreadable.status).toBe(412);
      const found = await admin.call(read, { params });
      expect(found.status).toBe(200);
      const done = await admin.call(remove, { params, headers: { 'if-match': found.headers.get('etag') ?? '' } });
      expect(done.status).toBeLessThan(300);
    }
  });

  test('a star matches whatever is there, and two tags are refused', async () => {
    const { body: client } = await admin.call('createClient', { body: WEB });
    const params = { client_id: client.client_id as string };
    expect(
      (await admin.call('updateClient', { params, body: { client_name: 'X' }, headers: { 'if-match': '*' } })).status,
    ).toBe(200);
    expect(
      (await admin.call('updateClient', { params, body: { client_name: 'Y' }, headers: { 'if-match': '"v1", "v2"' } }))
        .status,
    ).toBe(400);
  });
});

describe('the last active administrator', () => {
  /** A server with exactly two active administrators. */
  async function withTwo() {
    const alone = await startServer();
    const users = await alone.context.store.admin.users.page({ isAdmin: true }, { skip: 0, limit: 10 });
    const [first, second] = [await administrator(alone), await administrator(alone)];
    for (const user of users.users)
      expect((await first.call('deleteUser', { params: { user_id: user.id } })).status).toBe(204);
    return { alone, first, second };
  }

  test('two administrators who remove each other leave one', async () => {
    for (const how of ['delete', 'deactivate', 'demote', 'legacy'] as const) {
      const { alone, first, second } = await withTwo();
      const attack = (by: typeof first, on: typeof first) => {
        const params = { user_id: on.person.user.id as string };
        if (how === 'delete') return by.call('deleteUser', { params });
        if (how === 'deactivate') return by.call('updateUser', { params, body: { is_active: false } });
        if (how === 'demote') return by.call('updateUser', { params, body: { is_admin: false } });
        return by.call('updateAccount', { params, body: { is_admin: false } });
      };
      const replies = await Promise.all([attack(first, second), attack(second, first)]);
      const refused = replies.filter(({ status }) => status >= 400);
      expect(refused, how).toHaveLength(1);
      // Whoever came second either found the last administrator, or was none any more.
      expect(['LAST_ADMIN', 'ADMIN_REQUIRED', 'NOT_AUTHENTICATED', 'USER_NOT_FOUND']).toContain(
        refused[0]?.body.error_code,
      );
      const counts = await alone.context.store.admin.statistics.users();
      expect(counts.admins, how).toBeGreaterThanOrEqual(1);
      await alone.stop();
    }
  });

  test('cannot be deleted, deactivated or demoted, not even by themselves', async () => {
    const { alone, first, second } = await withTwo();
    const params = { user_id: first.person.user.id as string };
    expect((await first.call('deleteUser', { params: { user_id: second.person.user.id } })).status).toBe(204);
    for (const reply of [
      await first.call('deleteUser', { params }),
      await first.call('updateUser', { params, body: { is_active: false } }),
      await first.call('deleteAccount', { params }),
    ]) {
      expect([reply.status, reply.body.error_code]).toEqual([409, 'LAST_ADMIN']);
    }
    const inactive = await alone.given.user({ isAdmin: true, isActive: false });
    expect((await first.call('deleteUser', { params })).body.error_code).toBe('LAST_ADMIN');
    expect((await first.call('deleteUser', { params: { user_id: inactive.user.id } })).status).toBe(204);
    await alone.stop();
  });
});

describe('a creation with an Idempotency-Key', () => {
  const withKey = (key: string) => ({ 'idempotency-key': key });

  test('happens once, and every repeat gets the same answer with the same secret', async () => {
    const headers = withKey('client-1');
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => admin.call('createClient', { body: { ...WEB, client_name: 'Once' }, headers })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(replies[0]?.body.client_secret).toMatch(/^cs_/);
    const later = await admin.call('createClient', { body: { ...WEB, client_name: 'Once' }, headers });
    expect([later.text, later.headers.get('idempotent-replayed')]).toEqual([replies[0]?.text, 'true']);
    const found = await admin.call('listClients', { query: { search: 'Once' } });
    expect(found.body).toHaveLength(1);
  });

  test('of the same request at the same time one counts, also where two of it cannot be', async () => {
    const headers = withKey('user-1');
    const body = { username: 'only_one', email: 'only@example.org' };
    const replies = await Promise.all(Array.from({ length: 6 }, () => admin.call('createUser', { body, headers })));
    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    const created = await admin.call('listAuditEvents', {
      query: { action: 'user.created', target_id: replies[0]?.body.id ?? '' },
    });
    expect(created.body.events).toHaveLength(1);
  });

  test('of different requests under the same key at the same time one counts and the others are told', async () => {
    const headers = withKey('scopes');
    const replies = await Promise.all(
      ['a', 'b', 'c'].map((name) => admin.call('createScope', { body: { scope_name: `key:${name}` }, headers })),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 422, 422]);
    const known = (await admin.call('listScopes', { query: { limit: '100' } })).body.map((scope) => scope.scope_name);
    expect(known.filter((name) => name.startsWith('key:'))).toHaveLength(1);
  });

  test('refuses another body, and another operation, under the same key', async () => {
    const headers = withKey('client-2');
    await admin.call('createClient', { body: WEB, headers });
    const body = await admin.call('createClient', { body: { ...WEB, client_name: 'Different' }, headers });
    expect([body.status, body.body.error_code]).toEqual([422, 'IDEMPOTENCY_CONFLICT']);
    const operation = await admin.call('createScope', { body: { scope_name: 'elsewhere' }, headers });
    expect(operation.status).toBe(422);
  });

  test('belongs to its caller, ends after a day, and is free again after a refusal', async () => {
    const headers = withKey('shared');
    const mine = await admin.call('createClient', { body: WEB, headers });
    const other = await administrator(server);
    const theirs = await other.call('createClient', { body: WEB, headers });
    expect(theirs.body.client_id).not.toBe(mine.body.client_id);
    const refused = await admin.call('createScope', { body: { scope_name: 'openid' }, headers: withKey('free') });
    expect(refused.status).toBe(409);
    expect(
      (await admin.call('createScope', { body: { scope_name: 'new:one' }, headers: withKey('free') })).status,
    ).toBe(201);
    server.clock.advance(86_401);
    admin = await administrator(server);
    expect((await admin.call('createClient', { body: WEB, headers })).body.client_id).not.toBe(mine.body.client_id);
  });

  test('keeps nothing readable: the answer is sealed in the database', async () => {
    const { body } = await admin.call('createUser', {
      body: { username: 'sealed_one', email: 's@example.org' },
      headers: withKey('sealed'),
    });
    expect(body.temporary_password).toEqual(expect.any(String));
    const { Client } = await import('pg');
    const client = new Client({ connectionString: server.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ answer: Buffer }>(
      'select answer from idempotency_keys where answer is not null',
    );
    await client.end();
    expect(rows.length).toBeGreaterThan(0);
    for (const { answer } of rows) expect(answer.toString('latin1')).not.toContain(body.temporary_password as string);
  });

  test('keys that cannot be one are refused', async () => {
    expect(
      (await admin.call('createScope', { body: { scope_name: 'k' }, headers: withKey('x'.repeat(256)) })).status,
    ).toBe(400);
  });
});
