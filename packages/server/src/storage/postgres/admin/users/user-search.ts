/** Users by what they are called, where they are, when they signed in: filters for which no counts are kept. */
import type { UserFilter, UserListStore, UserPage } from '../../../../ports/store/admin/user-list.js';
import type { Pool } from '../../pool.js';
import { sql } from '../../sql.js';
import { isAboutTimes, withLoginBound } from './search/conditions.js';
import { searchLogins } from './search/logins.js';
import { createPositions } from './search/positions.js';
import { allMatches, rest } from './search/rest.js';
import { sampledMatches, signedInAt } from './search/sample/sampled-matches.js';
import { type UserSample, userSample } from './search/sample/user-sample.js';
import { count } from './search/sample/which.js';
import type { Found, Search, SearchLimits } from './search/search.js';
import { createTurns, type Turns } from './search/turns.js';

/**
 * Few matches are all fetched from the index, counted and sorted. Of many, the list is read: in its order, where they lie closely;
 * else stretch by stretch through the index, which is asked for the matches in each. A sample of the users says what is which.
 */
export function userSearch(pool: Pool, limits: SearchLimits): UserListStore['page'] {
  const positions = createPositions();
  const read = userSample(pool, limits.sampled);
  const oneAfterAnother = createTurns();
  return async (asked, { skip, limit }) => {
    const filter = withLoginBound(asked);
    const start = positions.before(asked, skip);
    const passed = start?.skip ?? 0;
    const inTurn: Turns = skip - passed < limits.far ? (work) => work() : oneAfterAnother;
    const [sample, ends] = await Promise.all([read(), readEnds(pool)]);
    if (isAboutTimes(asked))
      return await inTurn(() =>
        searchLogins({ pool, limits, positions, users: sample.users, start }, asked, { filter, skip, limit }),
      );
    const matches = sampledMatches(sample, filter);
    const fromLogins = areFewLogins(sample, { filter: asked, limits });
    const edge = Math.min(
      ends.created.to,
      Math.floor((filter.createdBefore?.getTime() ?? Number.POSITIVE_INFINITY) / 1000),
    );
    const search = { pool, limits, filter, skip, limit, sample, matches, fromLogins, from: undefined, edge, ...ends };
    const all = isCountable(search) || fromLogins ? await allMatches(search) : undefined;
    if (all && all.total <= 2 * limits.mostCounted) return { users: all.users, total: all.total, isExact: true };
    const found = await inTurn(() =>
      rest({ ...search, skip: skip - passed, from: start, edge: Math.min(edge, start?.second ?? edge) }),
    );
    if (found.last && found.users.length === limit)
      positions.remember(asked, { ...found.last, skip: skip + found.users.length });
    return toPage(found, { passed, least: Math.max(matches.expected, all?.total ?? 0, skip + found.users.length + 1) });
  };
}

/** Few; or not many more, of which the page needs most. */
function isCountable({ limits: { mostCounted }, matches: { expected }, skip, limit }: Search): boolean {
  return expected <= mostCounted || (expected <= 1.5 * mostCounted && skip + limit >= expected / 2);
}

function areFewLogins(
  sample: UserSample,
  { filter, limits }: { readonly filter: UserFilter; readonly limits: SearchLimits },
): boolean {
  const isAsked = filter.lastLoginAfter !== undefined || filter.lastLoginBefore !== undefined;
  return isAsked && (sample.users * count(signedInAt(sample, filter))) / Math.max(1, sample.size) <= limits.mostCounted;
}

function toPage(
  { users, all }: Found,
  { passed, least }: { readonly passed: number; readonly least: number },
): UserPage {
  return all === undefined ? { users, total: least, isExact: false } : { users, total: passed + all, isExact: true };
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
