import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserFilter, UserPage } from '../../src/ports/store/admin/user-list.ts';
import { userSample } from '../../src/storage/postgres/admin/users/search/sample/user-sample.ts';
import type { SearchLimits } from '../../src/storage/postgres/admin/users/search/search.ts';
import { userList } from '../../src/storage/postgres/admin/users/user-list.ts';
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

/** So small that a few dozen people need every way: all at once, in order, stretch by stretch, far jumps one after another. */
const LIMITS: Omit<SearchLimits, 'sampled'> = { mostCounted: 6, mostLogins: 7, readFirst: 5, mostFetched: 4, far: 9 };
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
});
/** Most filters ask for one thing or two: more match hardly anybody. */
const asked = fc
  .tuple(filters, fc.uniqueArray(fc.nat(13), { maxLength: 3 }))
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
  return (
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

async function change(user: Person, wish: Person): Promise<void> {
  await client.query(
    `update users set username = $2, email = $3, given_name = $4, family_name = $5, locale = $6, zoneinfo = $7, created_at = $8,
            last_login = $9, is_active = $10, is_verified = $11, is_admin = $12, requires_password_change = $13 where id = $1`,
    [
      user.id,
      wish.username,
      wish.email,
      wish.given_name,
      wish.family_name,
      wish.locale,
      wish.zoneinfo,
      stamp(wish.created),
      stamp(wish.login),
      wish.is_active,
      wish.is_verified,
      wish.is_admin,
      wish.requires_password_change,
    ],
  );
}

/** Turned page by page the list is whole; a jump shows the same. */
async function checkList(
  people: readonly Person[],
  filter: UserFilter,
  { limit, sampled }: { readonly limit: number; readonly sampled: number },
): Promise<void> {
  const limits = { ...LIMITS, sampled };
  const expected = expectedIds(people, filter);
  const list = userList(pool, limits);
  const turned: string[] = [];
  for (let skip = 0; ; skip += limit) {
    const page = await list.page(filter, { skip, limit });
    turned.push(...page.users.map((user) => user.id as string));
    checkTotal(page, expected.length, skip);
    if (page.users.length < limit) break;
  }
  expect(turned, JSON.stringify(filter)).toEqual(expected);
  for (const skip of [1, Math.floor(expected.length / 2), Math.max(0, expected.length - 2), expected.length + 20]) {
    const page = await userList(pool, limits).page(filter, { skip, limit });
    expect(page.users.map((user) => user.id as string)).toEqual(expected.slice(skip, skip + limit));
    checkTotal(page, expected.length, skip);
  }
}

function checkTotal({ total, isExact, users }: UserPage, expected: number, skip: number): void {
  if (isExact) expect(total).toBe(expected);
  // A page behind the end has seen how many there are.
  if (skip > expected) expect(total).toBe(expected);
  // Whoever asks for the next page must know that there is one.
  if (skip + users.length < expected) expect(total).toBeGreaterThan(skip + users.length);
}

describe('lists of users', () => {
  test('hold exactly those who match, in order, whatever the filter, the page and the changes before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { maxLength: 60 }),
        fc.array(fc.tuple(asked, fc.integer({ min: 1, max: 7 })), { minLength: 4, maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(), fc.option(person)), { maxLength: 12 }),
        // A guess that knows nothing, one that is often wrong, and one that knows everybody.
        fc.constantFrom(0, 4, 1000),
        async (people, lists, wishes, sampled) => {
          await client.query('truncate users cascade');
          await add(people.slice(0, -3));
          for (const one of people.slice(-3)) await add([one]);
          for (const [filter, limit] of lists) await checkList(people, filter, { limit, sampled });
          const now = new Map(people.map((user) => [user.id, user]));
          for (const [which, wish] of wishes) {
            const user = people[which % Math.max(1, people.length)];
            if (user === undefined || !now.has(user.id)) continue;
            if (wish === null) {
              now.delete(user.id);
              await client.query('delete from users where id = $1', [user.id]);
              continue;
            }
            now.set(user.id, { ...wish, id: user.id });
            await change(user, wish);
          }
          for (const [filter, limit] of lists) await checkList([...now.values()], filter, { limit, sampled });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('are kept beside the users without a trace of those who are gone', async () => {
    const drift = `
      with kept as (select user_id, created_at, flags, username, email, given_name, family_name, locale, zoneinfo from user_directory),
           meant as (select id, created_at, flags, lower(username), lower(email), lower(given_name), lower(family_name), locale::text,
                            zoneinfo::text from users)
      (select * from kept except select * from meant) union all (select * from meant except select * from kept)`;
    const logins = `
      with kept as (select user_id, created_at, last_login from user_logins),
           meant as (select id, created_at, last_login from users where last_login is not null)
      (select * from kept except select * from meant) union all (select * from meant except select * from kept)`;
    const people = fc.sample(person, 40);
    await client.query('truncate users cascade');
    await add(people);
    await client.query(`update users set created_at = created_at - interval '1 day', given_name = upper(given_name)
                         where email like '%a%'`);
    await client.query(
      `update users set last_login = case when is_active then null else created_at end where is_verified`,
    );
    await client.query('delete from users where requires_password_change');
    expect((await client.query(drift)).rows).toEqual([]);
    expect((await client.query(logins)).rows).toEqual([]);
    await client.query('truncate users cascade');
    expect((await client.query('select from user_directory union all select from user_logins')).rowCount).toBe(0);
  });

  test('are chosen by a sample that is read again after a minute, while the old one still serves', async () => {
    await client.query('truncate users cascade');
    await add(fc.sample(person, 3));
    let now = 0;
    const read = userSample(pool, 10, () => now);
    expect((await read()).size).toBe(3);
    await add(fc.sample(person, 4));
    now = 59_000;
    expect((await read()).size).toBe(3);
    now = 61_000;
    expect((await read()).size).toBe(3);
    await expect.poll(async () => await read()).toMatchObject({ users: 7, size: 7 });
  });

  test('are chosen by about as many users as the sample shall have, however many there are', async () => {
    await client.query('truncate users cascade');
    await add(fc.sample(person, 400));
    const { users, size, second } = await userSample(pool, 50)();
    expect(users).toBe(400);
    expect(size).toBeGreaterThan(20);
    expect(size).toBeLessThanOrEqual(50);
    expect(second).toEqual(second.toSorted((left, right) => right - left));
  });

  test('refuse a sign-in before there was an account', async () => {
    const [user] = fc.sample(person, 1);
    if (user === undefined) throw new Error('nobody');
    await expect(add([{ ...user, login: user.created - 1 }])).rejects.toThrow('users_last_login');
  });
});
