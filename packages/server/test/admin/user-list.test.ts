import type { Reply } from '@authly/admin-api';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

let server: TestServer;
let admin: Caller;

/** People of all kinds, one a minute from the first of March 2020 on, in an order that is known. */
const PEOPLE = 300;
const START = Date.UTC(2020, 2, 1);

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
  await onDatabase(`
    insert into users (id, username, email, password_hash, password_changed_at, created_at, updated_at, last_login,
                       is_active, is_verified, is_admin, requires_password_change, given_name, family_name, locale, zoneinfo)
    select gen_random_uuid(), 'listed_' || n, 'n' || n || '@' || (array['one','two'])[1 + n % 2] || '.example', 'x', now(), at, at,
           case when n % 3 = 0 then at + interval '1 day' end,
           n % 10 <> 0, n % 4 <> 0, n % 50 = 0, n % 7 = 0,
           'Given' || n % 5, 'O''Family_' || n % 11 || '%', (array['en-GB','nb-NO'])[1 + n % 2], (array['Europe/Oslo','Asia/Tokyo'])[1 + n % 2]
      from generate_series(1, ${PEOPLE}) n, lateral (select timestamptz '2020-03-01T00:00:00Z' + n * interval '1 minute' as at) t`);
});
afterAll(() => server.stop());

async function onDatabase(statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.databaseUrl });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return rows;
}

const list = async (query: Record<string, string>): Promise<Reply<'listUsers'>> =>
  (await admin.call('listUsers', { query })).body;
const numbers = (page: Reply<'listUsers'>) =>
  page.users.map((user) => Number((user.username as string).replace('listed_', '')));

describe('pages', () => {
  test('cover everybody once, newest first, and say where they are', async () => {
    const seen: string[] = [];
    for (let skip = 0; ; skip += 70) {
      const page = await list({ skip: String(skip), limit: '70' });
      seen.push(...page.users.map((user) => user.username as string));
      expect(page.page_info).toMatchObject({ skip, limit: 70, current_page: skip / 70 + 1, has_previous: skip > 0 });
      if (page.page_info.has_next !== true) break;
    }
    const { total_count: total } = await list({});
    expect(seen).toHaveLength(total);
    expect(new Set(seen).size).toBe(total);
    expect(seen.slice(-3)).toEqual(['listed_3', 'listed_2', 'listed_1']);
  });

  test('beyond the end are empty; limits that are none are refused; offset is tolerated', async () => {
    const page = await list({ skip: '9999' });
    expect(page.users).toEqual([]);
    expect(page.page_info).toMatchObject({ has_next: false, has_previous: true });
    for (const query of [
      ['limit', '0'],
      ['limit', '101'],
      ['skip', '-1'],
      ['skip', 'x'],
    ] as const)
      expect((await admin.call('listUsers', { query: { [query[0]]: query[1] } })).status).toBe(400);
    expect((await admin.call('listUsers', { query: { offset: '5' } })).status).toBe(200);
  });
});

describe('filters', () => {
  const at = (n: number) => new Date(START + n * 60_000).toISOString();
  const all = Array.from({ length: PEOPLE }, (_, index) => index + 1);

  test.each<[Record<string, string>, (n: number) => boolean]>([
    [{ is_active: 'false' }, (n) => n % 10 === 0],
    [{ is_active: 'false', is_verified: 'true' }, (n) => n % 10 === 0 && n % 4 !== 0],
    [{ is_admin: 'true', username: 'listed' }, (n) => n % 50 === 0],
    [{ requires_password_change: 'true', created_before: at(1000) }, (n) => n % 7 === 0],
    [{ created_after: at(200), created_before: at(250) }, (n) => n >= 200 && n <= 250],
    [{ created_before: at(30), is_active: 'true' }, (n) => n <= 30 && n % 10 !== 0],
    [{ created_after: at(10), created_before: at(5) }, () => false],
    [{ username: 'LISTED_29' }, (n) => String(n).startsWith('29')],
    [{ email: '@two.EXAMPLE' }, (n) => n % 2 === 1],
    [{ email: '9@t' }, (n) => n % 10 === 9],
    [{ given_name: 'given3' }, (n) => n % 5 === 3],
    [{ family_name: "o'family_10%" }, (n) => n % 11 === 10],
    [{ family_name: 'Family%1' }, () => false],
    [{ search: 'listed_29' }, (n) => String(n).startsWith('29')],
    [{ search: ' GIVEN3  two.exam ' }, (n) => n % 5 === 3 && n % 2 === 1],
    [{ search: 'family_1% given2', is_active: 'true' }, (n) => n % 11 === 1 && n % 5 === 2 && n % 10 !== 0],
    [{ search: 'given3 nobody' }, () => false],
    [{ locale: 'nb-NO', is_verified: 'false' }, (n) => n % 2 === 1 && n % 4 === 0],
    [{ zoneinfo: 'Europe/Oslo', given_name: 'Given0' }, (n) => n % 2 === 0 && n % 5 === 0],
    [
      { last_login_after: at(100 + 1440), last_login_before: at(130 + 1440) },
      (n) => n % 3 === 0 && n >= 100 && n <= 130,
    ],
  ])('%j finds exactly those', async (query, matches) => {
    const expected = all.filter(matches).toReversed();
    const found: number[] = [];
    for (let skip = 0; skip < Math.max(1, expected.length); skip += 100) {
      const page = await list({ ...query, limit: '100', skip: String(skip) });
      expect(page.total_count).toBe(expected.length);
      expect(page.total_is_exact).toBe(true);
      expect(page.filters_applied).not.toBeNull();
      found.push(...numbers(page));
    }
    expect(found).toEqual(expected);
  });

  test.each([
    ['created_after', 'yesterday'],
    ['is_active', 'perhaps'],
    ['last_login_before', '2020-13-01'],
    ['search', 'a b c d e f'],
  ])('%s=%s is refused', async (name, value) => {
    expect((await admin.call('listUsers', { query: { [name]: value } })).status).toBe(400);
  });

  test('a filter cannot reach into the statement, and its signs mean themselves', async () => {
    const nobody = ["' or 1=1 --", '\\', '%', "$1'; drop table users; --", 'listed%1'];
    for (const username of nobody) expect((await list({ username })).total_count, username).toBe(0);
    const people = await onDatabase(`select count(*)::integer as n from users where strpos(username, '_') > 0`);
    expect((await list({ username: '_' })).total_count).toBe(people[0]?.n);
  });
});

describe('a list that more people are in than are counted', () => {
  const MANY = 10_050;
  beforeAll(async () => {
    await onDatabase(`
      insert into users (id, username, email, password_hash, password_changed_at, created_at, updated_at)
      select gen_random_uuid(), 'many' || n, 'many' || n || '@m', 'x', now(), at, at
        from generate_series(1, ${MANY}) n, lateral (select timestamptz '2010-01-01T00:00:00Z' + n * interval '1 minute' as at) t`);
  });

  test('says so, and is turned page by page to its end', async () => {
    const first = await list({ username: 'many', skip: '9950', limit: '50' });
    expect(first).toMatchObject({ total_count: 10_001, total_is_exact: false, page_info: { has_next: true } });
    expect(first.users[0]?.username).toBe(`many${MANY - 9950}`);
    const second = await list({ username: 'many', limit: '40', cursor: first.next_cursor ?? '' });
    expect(second.users[0]?.username).toBe('many50');
    const last = await list({ username: 'many', limit: '40', cursor: second.next_cursor ?? '' });
    expect(last.users.map((user) => user.username)).toEqual(Array.from({ length: 10 }, (_, at) => `many${10 - at}`));
    expect([last.next_cursor, last.page_info.has_next]).toEqual([null, false]);
  });

  test('refuses to skip further, and says what to do instead', async () => {
    for (const operation of ['listUsers', 'listAccounts'] as const) {
      const refused = await admin.call(operation, { query: { skip: '10001' } });
      expect(refused.status).toBe(400);
      expect(JSON.stringify(refused.body)).toContain('follow next_cursor');
    }
  });

  test('takes no cursor of another filter, of another list, or made up', async () => {
    const { next_cursor: cursor } = await list({ username: 'many', limit: '1' });
    const strange: readonly Record<string, string>[] = [
      { username: 'man', cursor: cursor ?? '' },
      { username: 'many', cursor: `A${cursor}` },
      { username: 'many', cursor: 'x y' },
      { username: 'many', cursor: cursor ?? '', skip: '5' },
    ];
    for (const query of strange)
      expect((await admin.call('listUsers', { query })).status, JSON.stringify(query)).toBe(400);
    expect((await admin.call('listAuditEvents', { query: { cursor: cursor ?? '' } })).status).toBe(400);
  });
});
