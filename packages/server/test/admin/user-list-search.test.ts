import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserFilter, UserPlace } from '../../src/ports/store/admin/user-list.ts';
import { userList } from '../../src/storage/postgres/admin/user-list.ts';
import { createPool, type Pool } from '../../src/storage/postgres/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Random people and random filters, against a filter that looks at everybody. */

interface Person {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly locale: string | null;
  readonly zoneinfo: string | null;
  /** In microseconds since 1970, as the database keeps it. */
  readonly created: number;
  readonly login: number | null;
  readonly is_active: boolean;
  readonly is_verified: boolean;
  readonly is_admin: boolean;
  readonly requires_password_change: boolean;
}

/** So small that a few dozen people are many. */
const LIMITS = { mostCounted: 6, newest: 9 };
const START = Date.UTC(2024, 0, 1) * 1000;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let database: TestDatabase;
let client: Client;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`set timezone = 'UTC'`);
  const settings = {
    'database.pool_min': 1,
    'database.pool_max': 3,
    'database.timeout': 20,
    'database.max_idle': 60,
    'database.reconnect': 1,
    'database.pooler_mode': 'session' as const,
  };
  pool = createPool({ connectionString: database.url, settings, logger: silent });
});
afterAll(async () => {
  await pool.close();
  await client.end();
  await database.drop();
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'é', '_', '%', '\\', '.', '\u0001'), maxLength: 6 });
const name = fc.oneof(fc.constantFrom('Ada', 'Grace', 'ada grace', 'Alan', 'x'), word);
const moment = fc.oneof(
  fc.constant(START),
  fc.integer({ min: 0, max: 3 }).map((microseconds) => START + 3_600_000_000 + microseconds),
  fc.integer({ min: 0, max: 3000 }).map((seconds) => START + seconds * 1_000_000),
  fc.integer({ min: -900, max: 900 }).map((days) => START + days * 86_400_000_000),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const person: fc.Arbitrary<Person> = fc
  .record({
    name,
    given_name: fc.option(name),
    family_name: fc.option(name),
    locale: fc.constantFrom(null, 'nb-NO', 'en-GB'),
    zoneinfo: fc.constantFrom(null, 'Asia/Tokyo', 'Europe/Oslo'),
    created: moment,
    login: fc.option(fc.integer({ min: 0, max: 900 })),
    is_active: fc.boolean(),
    is_verified: fc.boolean(),
    is_admin: fc.constantFrom(true, false, false, false, false, false, false),
    requires_password_change: fc.boolean(),
  })
  .map(({ name: called, login, ...rest }) => {
    const id = randomUUID();
    return {
      ...rest,
      id,
      username: `${called}${id.slice(0, 6)}`,
      email: `${called}@${id.slice(0, 6)}.Example`,
      login: login === null ? null : rest.created + login * 86_400_000_000,
    };
  });

/** To the millisecond, as the interface takes times; a little after it there may be people. */
const time = moment.map((microseconds) => new Date(Math.floor(microseconds / 1000)));
const part = fc.oneof(
  name,
  word,
  fc.constantFrom('a', 'AD', 'da', 'grace', 'LAN', '@', '.', 'e', 'q', 'qq', 'é', '_', '%', 'example', '0', '\0'),
);
const filters: fc.Arbitrary<UserFilter> = fc.record({
  username: maybe(part),
  email: maybe(part),
  givenName: maybe(part),
  familyName: maybe(part),
  locale: maybe(fc.constantFrom('nb-NO', 'en-GB', 'fr-FR')),
  zoneinfo: maybe(fc.constantFrom('Asia/Tokyo', 'Europe/Oslo')),
  isActive: maybe(fc.boolean()),
  isVerified: maybe(fc.boolean()),
  isAdmin: maybe(fc.boolean()),
  requiresPasswordChange: maybe(fc.boolean()),
  createdAfter: maybe(time),
  createdBefore: maybe(time),
  lastLoginAfter: maybe(time),
  lastLoginBefore: maybe(time),
  words: maybe(fc.array(part, { maxLength: 3 })),
});
/** Most filters ask for one thing or two: more match hardly anybody. */
const asked = fc
  .tuple(filters, fc.uniqueArray(fc.nat(14), { maxLength: 3 }))
  .map(
    ([filter, kept]) => Object.fromEntries(Object.entries(filter).filter((_, at) => kept.includes(at))) as UserFilter,
  );

/** The filter, as a person would write it. */
function matches(filter: UserFilter, user: Person): boolean {
  const has = (whole: string | null, wanted: string | undefined) =>
    wanted === undefined || (whole !== null && small(whole).includes(small(wanted)));
  const is = <T>(value: T, wanted: T | undefined) => wanted === undefined || value === wanted;
  const within = (at: number | null, after: Date | undefined, before: Date | undefined) =>
    (after === undefined || (at !== null && at >= after.getTime() * 1000)) &&
    (before === undefined || (at !== null && at <= before.getTime() * 1000));
  const texts = [user.username, user.email, user.given_name, user.family_name];
  return (
    (filter.words ?? []).every((one) => texts.some((text) => has(text, one))) &&
    has(user.username, filter.username) &&
    has(user.email, filter.email) &&
    has(user.given_name, filter.givenName) &&
    has(user.family_name, filter.familyName) &&
    is(user.locale, filter.locale) &&
    is(user.zoneinfo, filter.zoneinfo) &&
    is(user.is_active, filter.isActive) &&
    is(user.is_verified, filter.isVerified) &&
    is(user.is_admin, filter.isAdmin) &&
    is(user.requires_password_change, filter.requiresPasswordChange) &&
    within(user.created, filter.createdAfter, filter.createdBefore) &&
    within(user.login, filter.lastLoginAfter, filter.lastLoginBefore)
  );
}

/** The database of the tests knows the case of ASCII; NUL cannot be stored. */
function small(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()).replaceAll('\0', '\uFFFD');
}

function expectedIds(people: readonly Person[], filter: UserFilter): readonly string[] {
  return people
    .filter((user) => matches(filter, user))
    .toSorted((left, right) => right.created - left.created || (left.id < right.id ? 1 : -1))
    .map((user) => user.id);
}

const COLUMNS = `
  insert into users (id, username, email, password_hash, password_changed_at, created_at, updated_at, last_login, is_active,
                     is_verified, is_admin, requires_password_change, given_name, family_name, locale, zoneinfo)
  select id, username, email, 'x', now(), at, at, login, is_active, is_verified, is_admin, requires_password_change,
         given_name, family_name, locale, zoneinfo
    from jsonb_to_recordset($1::jsonb) as p(id uuid, username text, email text, given_name text, family_name text, locale text,
         zoneinfo text, at timestamptz, login timestamptz, is_active boolean, is_verified boolean, is_admin boolean,
         requires_password_change boolean)`;

const add = (people: readonly Person[]) =>
  client.query(COLUMNS, [
    JSON.stringify(people.map((user) => ({ ...user, at: stamp(user.created), login: stamp(user.login) }))),
  ]);

function stamp(microseconds: number | null): string | null {
  if (microseconds === null) return null;
  const seconds = Math.floor(microseconds / 1_000_000);
  const fraction = String(microseconds - seconds * 1_000_000).padStart(6, '0');
  return new Date(seconds * 1000).toISOString().replace('.000Z', `.${fraction}Z`);
}

/** Turned page by page the list is whole, by cursor as by skip, and each page says whether there is another. */
async function checkList(people: readonly Person[], filter: UserFilter, limit: number): Promise<void> {
  const expected = expectedIds(people, filter);
  const list = userList(pool, LIMITS);
  const turned: string[] = [];
  for (let after: UserPlace | undefined; ; ) {
    const skipped = await list.page(filter, { skip: turned.length, limit });
    const page = await list.page(filter, { after, skip: 0, limit });
    expect(page.users).toEqual(skipped.users);
    turned.push(...page.users.map((user) => user.id as string));
    expect(page.total).toBe(page.isExact ? expected.length : LIMITS.mostCounted + 1);
    if (people.length <= LIMITS.newest)
      expect([page.isExact, skipped.isExact]).toEqual(Array(2).fill(expected.length <= LIMITS.mostCounted));
    expect([page.next, skipped.next]).toEqual([skipped.next, page.next]);
    expect(page.next !== undefined).toBe(turned.length < expected.length);
    if (page.next === undefined) break;
    after = page.next;
  }
  expect(turned, JSON.stringify(filter)).toEqual(expected);
  expect(await list.page(filter, { skip: expected.length + 20, limit })).toMatchObject({ users: [], next: undefined });
}

describe('lists of users', () => {
  test('hold exactly those who match, in order, whatever the filter and the page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { maxLength: 60 }),
        fc.array(fc.tuple(asked, fc.integer({ min: 1, max: 7 })), { minLength: 4, maxLength: 8 }),
        async (people, lists) => {
          await client.query('truncate users cascade');
          await add(people);
          for (const [filter, limit] of lists) await checkList(people, filter, limit);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('cost a sign-in nothing: it changes no column of an index, and nothing listens to it', async () => {
    await client.query('truncate users cascade');
    await add(fc.sample(person, 50));
    await client.query(`update users set last_login = created_at + interval '1 day'`);
    const { rows } = await client.query(`
      select (select count(*)::integer from pg_trigger where tgrelid = 'users'::regclass and not tgisinternal) as triggers,
             (select count(*)::integer from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'last_login'
               where i.indrelid = 'users'::regclass
                 and (a.attnum = any(i.indkey) or pg_get_indexdef(i.indexrelid) like '%last_login%')) as indexes`);
    expect(rows).toEqual([{ triggers: 0, indexes: 0 }]);
  });

  test('refuse a sign-in before there was an account', async () => {
    const [user] = fc.sample(person, 1);
    if (user === undefined) throw new Error('nobody');
    await expect(add([{ ...user, login: user.created - 1 }])).rejects.toThrow('users_last_login');
  });
});
