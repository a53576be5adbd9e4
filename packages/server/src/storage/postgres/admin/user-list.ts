/**
 * Pages of users, newest first. Texts are found by their trigrams, flags by an index that is in the order of the list; what no
 * index knows (sign-ins, and texts of one or two letters) is looked for in the order of the list.
 */
import type { UserId } from '@authly/oauth';
import {
  MOST_COUNTED,
  type UserFilter,
  type UserListStore,
  type UserPage,
  type UserPlace,
} from '../../../ports/store/admin/user-list.js';
import type { Pool } from '../pool.js';
import { toUser, USER, type UserRow } from '../rows/user.js';
import { all, sql, type Statement, text, skipPreparing } from '../sql.js';
import { patternContaining } from './like.js';

/** How many users are looked at one by one before an index is asked. */
const NEWEST = 5_000;

export function userList(
  pool: Pool,
  { mostCounted, newest } = { mostCounted: MOST_COUNTED, newest: NEWEST },
): UserListStore {
  return {
    page: (filter, place) => {
      const search = { pool, mostCounted, newest, ...conditions(filter), ...place };
      if (isAboutSignIns(filter) || isAboutTexts(filter)) return searchPage(search, filter);
      return orderedPage(search, kindsOf(filter));
    },
    names: async (ids) => {
      const rows = await pool.query<{ id: UserId; username: string }>(sql`
        select id, username from users where id = any(${ids}::uuid[])`);
      return new Map(rows.map((row) => [row.id, row.username]));
    },
  };
}

interface Search {
  readonly pool: Pool;
  readonly mostCounted: number;
  readonly newest: number;
  /** On a row `u` of users: what the index of the order knows, and everything. */
  readonly created: readonly Statement[];
  readonly matching: readonly Statement[];
  readonly after?: UserPlace;
  readonly skip: number;
  readonly limit: number;
}

interface ListedRow extends UserRow {
  readonly place: string;
}

const LISTED = text`${USER}, u.created_at::text as place`;
const ORDER = text`u.created_at desc, u.id desc`;

/**
 * The newest users are looked at first: that fills a page of what many have, and tells about how many these are. Of what few have,
 * the index finds all.
 */
async function searchPage(search: Search, filter: UserFilter): Promise<UserPage> {
  const { mostCounted, limit, skip, after } = search;
  const [newest, top] = await Promise.all([
    lookAtNewest(search),
    after === undefined ? undefined : lookAtNewest({ ...search, after: undefined, skip: 0, limit: 0 }),
  ]);
  // every page of a list is told the same total
  const sample = top ?? newest;
  if (sample.seen <= search.newest) return toPage(search, newest.rows, sample.matches);
  const isFull = newest.seen <= search.newest || newest.matches > skip + limit;
  const areMany = (sample.matches / sample.seen) * sample.users > 2 * mostCounted;
  if (isFull && (areMany || !hasTrigrams(filter))) return toPage(search, newest.rows, mostCounted + 1);
  if (!hasTrigrams(filter)) {
    const rows = await scanPage(search);
    // a first page that is the last has shown them all
    const areAll = after === undefined && skip === 0 && rows.length <= limit;
    return toPage(search, rows, areAll ? rows.length : mostCounted + 1);
  }
  const few = await findFew(search);
  if (few.matches <= mostCounted) return toPage(search, few.rows, few.matches);
  return toPage(search, isFull ? newest.rows : await sortAll(search), few.matches);
}

interface Newest {
  readonly rows: readonly ListedRow[];
  readonly matches: number;
  /** How many were looked at: one more than asked for when there are more. */
  readonly seen: number;
  /** About how many there are. */
  readonly users: number;
}

async function lookAtNewest(search: Search): Promise<Newest> {
  const { pool, created, matching, newest } = search;
  const rows = await pool.query<ListedRow & Omit<Newest, 'rows'>>(
    skipPreparing(sql`
      with newest as materialized (
        select * from users u where ${all(created)} and ${conditionAfter(search)} order by ${ORDER} limit ${newest + 1}
      ), found as materialized (
        select * from (select * from newest limit ${newest}) u where ${all(matching)}
      )
      select counted.*, listed.* from (
        select (select count(*) from found)::integer as matches, (select count(*) from newest)::integer as seen,
               (select case when reltuples > 0 then reltuples else ${UNKNOWN} end from pg_class where oid = 'users'::regclass)
                 as users
      ) counted left join lateral (
        select ${LISTED} from found u order by ${ORDER} ${page(search)}
      ) listed on true order by listed.u_created_at desc, listed.u_id desc`),
  );
  const [{ matches, seen, users } = { matches: 0, seen: 0, users: 0 }] = rows;
  return { rows: rows.filter((row) => row.u_id !== null), matches, seen, users };
}

// of a table that was never analysed
const UNKNOWN = 1_000_000;

async function findFew(search: Search): Promise<Pick<Newest, 'rows' | 'matches'>> {
  const { pool, matching, mostCounted } = search;
  const rows = await pool.query<ListedRow & { matches: number }>(
    skipPreparing(sql`
      with few as materialized (
        select u.id, u.created_at from users u where ${all(matching)} limit ${mostCounted + 1}
      ), counted as (select count(*)::integer as matches from few)
      select counted.matches, listed.* from counted left join lateral (
        select ${LISTED} from (
          select u.id from few u where counted.matches <= ${mostCounted} and ${conditionAfter(search)}
           order by ${ORDER} ${page(search)}
        ) chosen join users u on u.id = chosen.id
      ) listed on true order by listed.u_created_at desc, listed.u_id desc`),
  );
  return { rows: rows.filter((row) => row.u_id !== null), matches: rows[0]?.matches ?? 0 };
}

/** Of many matches, none of them among the newest: slow, and the only way. */
async function sortAll(search: Search): Promise<readonly ListedRow[]> {
  return await search.pool.query<ListedRow>(
    skipPreparing(sql`
      with found as materialized (
        select u.id, u.created_at from users u where ${all(search.matching)} and ${conditionAfter(search)}
      )
      select ${LISTED} from (select u.id from found u order by ${ORDER} ${page(search)}) chosen
             join users u on u.id = chosen.id order by ${ORDER}`),
  );
}

/** What no index knows: one user after another, until the page is full. */
async function scanPage(search: Search): Promise<readonly ListedRow[]> {
  return await search.pool.query<ListedRow>(
    skipPreparing(sql`
      select ${LISTED} from users u where ${all(search.matching)} and ${conditionAfter(search)} order by ${ORDER} ${page(search)}`),
  );
}

/** By the index in the order of the list, one combination of flags beside the other. */
async function orderedPage(search: Search, kinds: readonly number[]): Promise<UserPage> {
  const { pool, created, matching, mostCounted, skip, limit } = search;
  const isPlain = kinds.length === ALL_KINDS.length;
  const [rows, [counted]] = await Promise.all([
    pool.query<ListedRow>(
      skipPreparing(
        isPlain
          ? sql`select ${LISTED} from users u where ${all(created)} and ${conditionAfter(search)} order by ${ORDER} ${page(search)}`
          : sql`
            select ${LISTED} from (
              select u.id from unnest(${kinds}::smallint[]) as kind cross join lateral (
                select u.id, u.created_at from users u where u.flags = kind and ${all(created)} and ${conditionAfter(search)}
                 order by ${ORDER} limit ${skip + limit + 1}
              ) u order by ${ORDER} ${page(search)}
            ) chosen join users u on u.id = chosen.id order by ${ORDER}`,
      ),
    ),
    pool.query<{ matches: number }>(
      skipPreparing(sql`
        select count(*)::integer as matches from (select from users u where ${all(matching)} limit ${mostCounted + 1}) few`),
    ),
  ]);
  return toPage(search, rows, counted?.matches ?? 0);
}

function page({ skip, limit }: Search): Statement {
  return sql`offset ${skip} limit ${limit + 1}`;
}

function conditionAfter({ after }: Search): Statement {
  return after === undefined
    ? sql`true`
    : sql`(u.created_at, u.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`;
}

/** One user more than the page has was asked for: it says whether there is a next page. */
function toPage({ limit, mostCounted }: Search, rows: readonly ListedRow[], matches: number): UserPage {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? { createdAt: last.place, id: last.u_id } : undefined;
  const isExact = matches <= mostCounted;
  return { users: shown.map(toUser), total: isExact ? matches : mostCounted + 1, isExact, next };
}

function conditions(filter: UserFilter): Pick<Search, 'created' | 'matching'> {
  const { words = [], username, email, givenName, familyName, locale, zoneinfo } = filter;
  const { createdAfter, createdBefore, lastLoginAfter, lastLoginBefore } = filter;
  const kinds = kindsOf(filter);
  const created = [
    createdAfter && sql`u.created_at >= ${createdAfter}`,
    createdBefore && sql`u.created_at <= ${createdBefore}`,
    // nobody signs in before there is an account: the list begins where the account could have been made
    lastLoginBefore && sql`u.created_at <= ${lastLoginBefore}`,
  ].filter((condition) => condition !== undefined);
  const others = [
    ...words.map(standsSomewhere),
    username !== undefined && sql`lower(u.username) like lower(${patternContaining(username)})`,
    email !== undefined && sql`lower(u.email) like lower(${patternContaining(email)})`,
    givenName !== undefined && sql`lower(u.given_name) like lower(${patternContaining(givenName)})`,
    familyName !== undefined && sql`lower(u.family_name) like lower(${patternContaining(familyName)})`,
    locale !== undefined && sql`u.locale = ${locale}`,
    zoneinfo !== undefined && sql`u.zoneinfo = ${zoneinfo}`,
    kinds.length < ALL_KINDS.length && sql`u.flags = any(${kinds}::smallint[])`,
    lastLoginAfter !== undefined && sql`u.last_login >= ${lastLoginAfter}`,
    lastLoginBefore !== undefined && sql`u.last_login <= ${lastLoginBefore}`,
  ].filter((condition) => condition !== false);
  return { created, matching: [...created, ...others] };
}

function standsSomewhere(word: string): Statement {
  const pattern = sql`lower(${patternContaining(word)})`;
  return sql`(lower(u.username) like ${pattern} or lower(u.email) like ${pattern}
    or lower(u.given_name) like ${pattern} or lower(u.family_name) like ${pattern})`;
}

function isAboutSignIns({ lastLoginAfter, lastLoginBefore }: UserFilter): boolean {
  return lastLoginAfter !== undefined || lastLoginBefore !== undefined;
}

function textsOf(filter: UserFilter): readonly string[] {
  const { words = [], username, email, givenName, familyName, locale, zoneinfo } = filter;
  return [...words, username, email, givenName, familyName, locale, zoneinfo].filter((value) => value !== undefined);
}

function isAboutTexts(filter: UserFilter): boolean {
  return textsOf(filter).length > 0;
}

/** Three letters or digits in a row are what the index is asked for; places are asked for whole, with their ends. */
function hasTrigrams({ locale, zoneinfo, ...filter }: UserFilter): boolean {
  return (
    locale !== undefined || zoneinfo !== undefined || textsOf(filter).some((value) => /[\p{L}\p{N}]{3}/u.test(value))
  );
}

/** The bits of the column `flags`. */
const FLAG = { isActive: 1, isVerified: 2, isAdmin: 4, requiresPasswordChange: 8 } as const;
const ALL_KINDS: readonly number[] = Array.from({ length: 16 }, (_, kind) => kind);

/** The combinations of flags that a filter lets through. */
function kindsOf(filter: UserFilter): readonly number[] {
  const names = Object.keys(FLAG) as (keyof typeof FLAG)[];
  return ALL_KINDS.filter((kind) =>
    names.every((name) => filter[name] === undefined || filter[name] === ((kind & FLAG[name]) !== 0)),
  );
}
