import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import type { Reply } from '@authly/admin-api';
import { administrator, type Caller } from './caller.js';

let server: TestServer;
let admin: Caller & { readonly person: { readonly user: { readonly id: string; readonly username: string } } };

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

/** As somebody with the password of the database would. */
async function tamper(statement: string, target: TestServer = server): Promise<void> {
  const client = new Client({ connectionString: target.databaseUrl });
  await client.connect();
  await client.query('alter table audit_events disable trigger all; alter table audit_seals disable trigger all');
  await client.query(statement);
  await client.query('alter table audit_events enable trigger all; alter table audit_seals enable trigger all');
  await client.end();
}

const events = async (query: Record<string, string>): Promise<readonly Reply<'exportAudit'>[]> =>
  (await admin.call('listAuditEvents', { query: { limit: '1000', ...query } })).body.events;

describe('every change', () => {
  test('is in the log with who, what, from where and which request', async () => {
    const person = await server.given.user();
    const user = { user_id: person.user.id as string };
    const { body: client } = await admin.call('createClient', {
      body: { client_name: 'Logged', client_type: 'confidential', redirect_uris: ['https://app.example/cb'] },
    });
    const cases: [Parameters<Caller['call']>[0], Parameters<Caller['call']>[1], string][] = [
      ['updateClient', { params: { client_id: client.client_id }, body: { client_name: 'X' } }, 'client.changed'],
      [
        'updateClientOidc',
        { params: { client_id: client.client_id }, body: { require_auth_time: true } },
        'client.changed',
      ],
      ['regenerateClientSecret', { params: { client_id: client.client_id } }, 'client.secret_regenerated'],
      ['updateClient', { params: { client_id: client.client_id }, body: { is_active: false } }, 'client.deactivated'],
      ['updateClient', { params: { client_id: client.client_id }, body: { is_active: true } }, 'client.activated'],
      ['createApiKey', { body: { name: 'k', scope: 'read', user_id: user.user_id } }, 'api_key.created'],
      ['deleteClient', { params: { client_id: client.client_id } }, 'client.deleted'],
      ['createScope', { body: { scope_name: 'logged' } }, 'scope.created'],
      ['updateScope', { params: { scope_name: 'logged' }, body: { description: 'x' } }, 'scope.changed'],
      ['deleteScope', { params: { scope_name: 'logged' } }, 'scope.deleted'],
      ['createUser', { body: { username: 'logged_1', email: 'l@example.org' } }, 'user.created'],
      ['updateUser', { params: user, body: { nickname: 'N' } }, 'user.changed'],
      ['updateAccount', { params: user, body: { is_admin: true } }, 'user.changed'],
      ['verifyUser', { params: user }, 'user.changed'],
      ['verifyAccount', { params: user }, 'user.changed'],
      ['resetPassword', { params: user }, 'user.password_reset'],
      ['resetSecondFactor', { params: user }, 'user.second_factor_reset'],
      ['unlockUser', { params: user }, 'user.unlocked'],
      ['revokeUserSessions', { params: user }, 'user.sessions_revoked'],
      ['revokeUserTokens', { params: user }, 'user.tokens_revoked'],
      ['updateUser', { params: user, body: { is_active: false } }, 'user.deactivated'],
      ['deleteUser', { params: user }, 'user.deleted'],
      ['rotateKeys', { body: { algorithm: 'ES256' } }, 'key.rotated'],
    ];
    for (const [index, [name, wish, action]] of cases.entries()) {
      const requestId = `change-${index}`;
      const reply = await admin.call(name, { ...wish, headers: { 'x-request-id': requestId, 'user-agent': 'test' } });
      expect(reply.status, `${name}: ${reply.text}`).toBeLessThan(300);
      const [event, ...more] = await events({ request_id: requestId });
      expect(more).toEqual([]);
      expect(event, name).toMatchObject({
        action,
        outcome: 'success',
        actor: { type: 'user', id: admin.person.user.id, name: admin.person.user.username },
        // A key's event names the client that owns the key.
        client_id: name === 'createApiKey' ? null : 'authly',
        ip: '127.0.0.1',
        user_agent: 'test',
        target: { id: expect.any(String), type: expect.any(String) },
      });
    }
  });

  test('by an API key names the key', async () => {
    const { body: key } = await admin.call('createApiKey', { body: { name: 'robot', scope: 'admin:scopes:write' } });
    const response = await fetch(`${server.url}/admin/scopes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.api_key}`, 'content-type': 'application/json', 'x-request-id': 'by-key' },
      body: JSON.stringify({ scope_name: 'made:by:robot' }),
    });
    expect(response.status).toBe(201);
    const [event] = await events({ request_id: 'by-key' });
    expect(event?.details).toMatchObject({ api_key: key.id });
  });
});

describe('the list', () => {
  test('goes in pages that fit together, newest first, without gaps or repeats', async () => {
    for (let index = 0; index < 5; index += 1)
      await admin.call('createScope', { body: { scope_name: `page:${index}` } });
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const query = { action: 'scope.', limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const { body, headers } = await admin.call('listAuditEvents', { query });
      seen.push(...body.events.map((event) => event.seq as number));
      cursor = (body.next_cursor as string | null) ?? undefined;
      expect(headers.get('x-next-cursor') ?? undefined).toBe(cursor);
      // Whatever is appended meanwhile does not move the pages.
      await admin.call('createScope', { body: { scope_name: `later:${seen.length}` } });
    } while (cursor !== undefined);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(5);
  });

  // @attack page size and forged cursors (rauthy pentest 004, Hydra 20ea0ffe6)
  test('cursors that were forged, cut or given for other filters are refused', async () => {
    const { body } = await admin.call('listAuditEvents', { query: { limit: '1', outcome: 'success' } });
    const cursor = body.next_cursor as string;
    const attempts: Record<string, string>[] = [
      { outcome: 'success', cursor: `${cursor.slice(0, -2)}AA` },
      { outcome: 'success', cursor: cursor.slice(0, 20) },
      { outcome: 'success', cursor: '12' },
      { outcome: 'failure', cursor },
      { cursor },
    ];
    for (const query of attempts)
      expect((await admin.call('listAuditEvents', { query })).status, JSON.stringify(query)).toBe(400);
    expect((await admin.call('listAuditEvents', { query: { outcome: 'success', cursor } })).status).toBe(200);
  });

  test('filters by actor name or id, target, outcome and time', async () => {
    const person = await server.given.user();
    await server.post('/api/v1/oauth/token', {
      grant_type: 'password',
      username: person.user.username,
      password: 'wrong',
    });
    const byName = await events({ actor: person.user.username });
    expect(byName).toHaveLength(1);
    expect(await events({ actor: person.user.id })).toEqual(byName);
    expect(await events({ actor: person.user.id, outcome: 'success' })).toEqual([]);
    await admin.call('verifyUser', { params: { user_id: person.user.id } });
    expect((await events({ target_type: 'user', target_id: person.user.id })).map((event) => event.action)).toEqual([
      'user.changed',
    ]);
    server.clock.advance(10);
    expect(await events({ since: server.clock.now().toISOString() })).toEqual([]);
    expect(await events({ until: '2001-01-01' })).toEqual([]);
    expect((await admin.call('listAuditEvents', { query: { since: 'yesterday' } })).status).toBe(400);
  });
});

describe('the export', () => {
  test('streams every event, oldest first, each with its hash and its seal', async () => {
    await admin.call('verifyAudit');
    const { text, headers } = await admin.call('exportAudit');
    expect(headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Reply<'exportAudit'>);
    expect(lines.map((event) => event.seq)).toEqual(lines.map((_, index) => index + 1));
    expect(new Set(lines.map((event) => event.hash)).size).toBe(lines.length);
    const listed = await events({ action: 'client.' });
    expect(lines.filter((event) => event.action.startsWith('client.'))).toEqual(listed.toReversed());
    for (const event of lines) expect(event.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(lines[0]?.seal).toBe(1);
    const some = await admin.call('exportAudit', { query: { action: 'client.' } });
    expect(
      some.text
        .trim()
        .split('\n')
        .every((line) => line.includes('"action":"client.')),
    ).toBe(true);
  });
});

describe('verification', () => {
  test('an untouched log is whole, all of it and in parts', async () => {
    const all = await admin.call('verifyAudit');
    expect(all.body).toMatchObject({ valid: true, first_seq: 1, problem_count: 0, problems: [] });
    expect(all.body).toMatchObject({ checked: all.body.last_seq, start: null });
    expect(all.body.head_hash).toMatch(/^[0-9a-f]{64}$/);
    const part = await admin.call('verifyAudit', { query: { from_seq: '3', to_seq: '5' } });
    expect(part.body).toMatchObject({ valid: true, checked: 3, first_seq: 3, last_seq: 5 });
    expect((await admin.call('verifyAudit', { query: { from_seq: '0' } })).status).toBe(400);
  });

  test('an edited, a missing and an added event and a changed seal are named', async () => {
    const other = await startServer();
    const auditor = await administrator(other);
    for (let index = 0; index < 10; index += 1)
      await auditor.call('createScope', { body: { scope_name: `s${index}` } });
    expect((await auditor.call('verifyAudit')).body).toMatchObject({ valid: true });
    const problems = async (query: Record<string, string> = {}) => {
      const { body } = await auditor.call('verifyAudit', { query });
      expect(body.valid).toBe(body.problem_count === 0);
      return body.problems.map((problem) => [problem.seq, problem.kind]);
    };
    await tamper(`update audit_events set actor_name = 'somebody else' where seq = 4`, other);
    expect(await problems()).toEqual([[4, 'edited']]);
    expect(await problems({ from_seq: '5' })).toEqual([]);
    await tamper(`delete from audit_events where seq = 7`, other);
    expect(await problems()).toEqual([
      [4, 'edited'],
      [7, 'missing'],
    ]);
    await tamper(
      `insert into audit_events (seq, at, action, outcome, actor_type) values (0, now(), 'x', 'success', 'system')`,
      other,
    );
    expect(await problems()).toEqual([
      [4, 'edited'],
      [7, 'missing'],
      [0, 'added'],
    ]);
    await tamper(`update audit_events set seq = 7 where seq = 0`, other);
    expect((await problems())[1]).toEqual([7, 'edited']);
    await tamper(`delete from audit_events where seq = (select max(seq) from audit_events)`, other);
    expect((await problems()).at(-1)?.[1]).toBe('missing');
    await tamper(`update audit_seals set sealed_at = now() where number = 1`, other);
    expect((await problems()).map(([, kind]) => kind)).toContain('unlinked');
    await other.stop();
  });

  test('a log that ends otherwise than it was noted is found out', async () => {
    const { body: noted } = await admin.call('verifyAudit');
    const anchor = { anchor_seq: String(noted.last_seq), anchor_hash: String(noted.head_hash) };
    await admin.call('createScope', { body: { scope_name: 'after:noting' } });
    expect((await admin.call('verifyAudit', { query: anchor })).body).toMatchObject({ valid: true });
    const later = { ...anchor, anchor_seq: String(Number(noted.last_seq) + 1000) };
    expect((await admin.call('verifyAudit', { query: later })).body).toMatchObject({ valid: false });
    const other = { ...anchor, anchor_hash: 'f'.repeat(64) };
    expect((await admin.call('verifyAudit', { query: other })).body.problems).toMatchObject([{ kind: 'unlinked' }]);
    expect((await admin.call('verifyAudit', { query: { anchor_seq: anchor.anchor_seq } })).status).toBe(400);
    expect((await admin.call('verifyAudit', { query: { ...anchor, anchor_hash: 'short' } })).status).toBe(400);
  });

  test('a server whose log has lost its head takes no traffic and does nothing that must be recorded', async () => {
    const other = await startServer();
    const auditor = await administrator(other);
    const client = await other.given.client();
    const machine = { grant_type: 'client_credentials', scope: 'read' };
    await tamper('delete from audit_head', other);
    const ready = await fetch(`${other.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ audit: 'cannot record' })]);
    expect((await auditor.call('createScope', { body: { scope_name: 'unrecorded' } })).status).toBe(500);
    expect((await other.post('/api/v1/oauth/token', machine, client.basic)).status).toBe(500);
    expect((await auditor.call('listScopes')).text).not.toContain('unrecorded');
    expect(other.logged()).toContain('nothing can be recorded until it is restored');
    expect((await auditor.call('verifyAudit')).body).toMatchObject({ valid: false, problems: [{ kind: 'head' }] });
    await other.stop();
  });

  test('the database itself refuses to change or remove events', async () => {
    const client = new Client({ connectionString: server.databaseUrl });
    await client.connect();
    for (const statement of [
      'update audit_events set outcome = outcome',
      'delete from audit_events',
      'truncate audit_events',
    ])
      await expect(client.query(statement), statement).rejects.toThrow('append-only');
    await client.end();
  });
});
