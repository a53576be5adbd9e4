import type { UserId } from '@authly/oauth';
import {
  MOST_COUNTED,
  MOST_SKIPPED,
  type UserFilter,
  type UserListStore,
  type UserPage,
} from '../../../../ports/store/admin/user-list.js';
import type { Pool } from '../../pool.js';
import { toUser, USER, type UserRow } from '../../rows/user.js';
import { sql } from '../../sql.js';
import type { SearchLimits } from './search/search.js';
import { countAll, countNewer, findPlace, kindsOf } from './user-counts.js';
import { isCounted } from './search/conditions.js';
import { userSearch } from './user-search.js';

/**
 * Pages of users, newest first. Where only flags and times of creation are asked for, kept counts say how many there are and
 * where a page begins, so the last page costs as much as the first. Other filters are a search.
 */
export function userList(pool: Pool, limits: SearchLimits = LIMITS): UserListStore {
  const search = userSearch(pool, limits);
  return {
    page: (filter, page) => (isCounted(filter) ? countedPage(pool, filter, page) : search(filter, page)),
    names: async (ids) => {
      const rows = await pool.query<{ id: UserId; username: string }>(sql`
        select id, username from users where id = any(${ids}::uuid[])`);
      return new Map(rows.map((row) => [row.id, row.username]));
    },
  };
}

async function countedPage(
  pool: Pool,
  filter: UserFilter,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): Promise<UserPage> {
  const kinds = kindsOf(filter);
  const { createdAfter, createdBefore } = filter;
  const [newer, down] = await Promise.all([
    createdBefore ? countNewer(pool, { kinds, time: createdBefore, inclusive: false }) : 0,
    createdAfter ? countNewer(pool, { kinds, time: createdAfter, inclusive: true }) : countAll(pool, kinds),
  ]);
  const total = Math.max(0, down - newer);
  const wanted = Math.min(limit, total - skip);
  // The first pages are read from the top; for others the counts say in which hour they begin.
  const isNear = createdBefore === undefined && skip <= NEAR;
  const place = isNear ? { before: END_OF_TIME, rest: skip } : await findPlace(pool, { kinds, position: newer + skip });
  if (wanted <= 0 || !place) return { users: [], total, isExact: true };
  // Compared and sorted as rows of the index, so that no other index looks as good: one without the flags would have to pass
  // everybody who does not match. Without a name, so that the limit is known to the planner.
  const statement = sql`
    select ${USER} from (
      select near.id from unnest(${kinds}::smallint[]) as kind
             cross join lateral (
               select n.id, n.created_at from users n
                where (n.flags, n.created_at) < (kind, ${place.before}::timestamptz)
                  and (n.flags, n.created_at) >= (kind, '-infinity'::timestamptz)
                order by n.flags desc, n.created_at desc, n.id desc limit ${place.rest + wanted}
             ) near
       order by near.created_at desc, near.id desc offset ${place.rest} limit ${wanted}
    ) listed join users u on u.id = listed.id
     order by u.created_at desc, u.id desc`;
  const rows = await pool.query<UserRow>({ ...statement, name: '' });
  return { users: rows.map(toUser), total, isExact: true };
}

const LIMITS: SearchLimits = {
  mostCounted: MOST_COUNTED,
  mostSkipped: MOST_SKIPPED,
  readFirst: 5000,
  mostFetched: 40_000,
};

const NEAR = 500;
const END_OF_TIME = new Date('9999-12-31T00:00:00Z');
