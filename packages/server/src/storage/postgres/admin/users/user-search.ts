/** Users by what they are called, where they are, when they signed in: filters for which no counts are kept. */
import type { UserFilter, UserListStore, UserPage } from '../../../../ports/store/admin/user-list.js';
import type { Pool } from '../../pool.js';
import { sql } from '../../sql.js';
import { directoryStatistics } from './search/directory-statistics.js';
import { searchLogins } from './search/logins.js';
import { expectedRows } from './search/matches.js';
import { createPositions } from './search/positions.js';
import { allMatches, rest } from './search/rest.js';
import type { Found, Search, SearchLimits } from './search/search.js';
import { joined, type Piece, piece, where } from './search/statement.js';
import { createTurns, type Turns } from './search/turns.js';
import {
  createdConditions,
  isAboutTimes,
  loginConditions,
  rowConditions,
  withLoginBound,
} from './search/conditions.js';

/**
 * Few matches are all fetched from the index, counted and sorted. Of many, the list is read: first some rows in its order, which
 * is enough for what is common; then stretch by stretch through the index, which is asked for the matches in each.
 */
export function userSearch(pool: Pool, limits: SearchLimits): UserListStore['page'] {
  const positions = createPositions();
  const read = directoryStatistics(pool);
  const oneAfterAnother = createTurns();
  return async (asked, { skip, limit }) => {
    const filter = withLoginBound(asked);
    const start = positions.before(asked, skip);
    const passed = start?.skip ?? 0;
    const inTurn: Turns = skip - passed < limits.far ? (work) => work() : oneAfterAnother;
    const statistics = await read();
    if (isAboutTimes(asked))
      return await inTurn(() =>
        searchLogins({ pool, limits, positions, users: statistics.users, start }, asked, { filter, skip, limit }),
      );
    const [{ expected, signedIn }, ends] = await Promise.all([expectedMatches(pool, asked), readEnds(pool)]);
    const fromLogins = signedIn <= limits.mostCounted;
    const search = { pool, limits, filter, skip, limit, statistics, expected, fromLogins, from: undefined, ...ends };
    const all = expected <= limits.mostCounted ? await allMatches(search) : undefined;
    if (all && all.total <= limits.mostCounted) return { users: all.users, total: all.total, isExact: true };
    const found = await inTurn(() => rest({ ...search, skip: skip - passed, from: start }));
    if (found.last && found.users.length === limit)
      positions.remember(asked, { ...found.last, skip: skip + found.users.length });
    return toPage(found, { passed, least: Math.max(expected, limits.mostCounted + 1, skip + found.users.length + 1) });
  };
}

function toPage(
  { users, all }: Found,
  { passed, least }: { readonly passed: number; readonly least: number },
): UserPage {
  return all === undefined ? { users, total: least, isExact: false } : { users, total: passed + all, isExact: true };
}

async function expectedMatches(
  pool: Pool,
  filter: UserFilter,
): Promise<{ readonly expected: number; readonly signedIn: number }> {
  const expected = (table: Piece, conditions: readonly Piece[]): Promise<number> =>
    expectedRows(pool, joined([table, where(conditions)], ' '));
  const logins = loginConditions(filter, 'l');
  const [matches, signedIn] = await Promise.all([
    expected(piece('select from user_directory d'), [...rowConditions(filter), ...createdConditions(filter)]),
    logins.length === 0 ? Number.POSITIVE_INFINITY : expected(piece('select from user_logins l'), logins),
  ]);
  return { expected: Math.min(matches, signedIn), signedIn };
}

/** Between which times everybody came and signed in, for what is open at one end. */
async function readEnds(pool: Pool): Promise<Pick<Search, 'created' | 'loginHours'>> {
  const [row] = await pool.query<Record<'oldest' | 'newest' | 'first' | 'last', number | null>>(sql`
    select authly_second(min(oldest))::float8 as oldest, authly_second(min(newest))::float8 as newest,
           authly_hour(min(oldest)) as first, authly_hour(min(last)) as last
      from (select (select min(created_at) from user_directory) as oldest, (select max(created_at) from user_directory) as newest,
                   (select max(last_login) from user_logins) as last) ends`);
  // Nobody signs in before there is an account.
  return {
    created: { from: row?.oldest ?? 0, to: row?.newest ?? 0 },
    loginHours: { from: row?.first ?? 0, to: row?.last ?? 0 },
  };
}
