import type { UserId } from '@authly/oauth';
import {
  MOST_COUNTED,
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
  const place = isNear ? { ...NEWEST, rest: skip } : await findPlace(pool, { kinds, position: newer + skip });
  if (wanted <= 0 || !place) return { users: [], total, isExact: true };
  const { since, before, rest } = place;
  // A scan by rows of the index begins at once at its place, but does not end at another: it ends with its limit. One by values
  // ends by itself, and only behind `offset 0` uses no other index. Without a name, so that the values are known to the planner.
  const statement = sql`
    with hour as materialized (
      select near.id, near.created_at from unnest(${kinds}::smallint[]) as kind
             cross join lateral (
               select n.id, n.created_at from users n
                where n.flags = kind and n.created_at < ${before}::timestamptz and n.created_at >= ${since}::timestamptz
               offset 0
             ) near
    ), older as (
      select near.id, near.created_at from unnest(${kinds}::smallint[]) as kind
             cross join lateral (
               select n.id, n.created_at from users n
                where (n.flags, n.created_at) < (kind, ${since}::timestamptz)
                  and (n.flags, n.created_at) >= (kind, '-infinity'::timestamptz)
                order by n.flags desc, n.created_at desc, n.id desc
                limit (select greatest(0, ${rest + wanted} - count(*)) from hour)
             ) near
    )
    select ${USER} from (
      select id, created_at from hour union all select id, created_at from older
       order by created_at desc, id desc offset ${rest} limit ${wanted}
    ) listed join users u on u.id = listed.id
     order by u.created_at desc, u.id desc`;
  const rows = await pool.query<UserRow>({ ...statement, name: '' });
  return { users: rows.map(toUser), total, isExact: true };
}

const LIMITS: SearchLimits = {
  mostCounted: MOST_COUNTED,
  mostLogins: 100_000,
  readFirst: 5000,
  mostFetched: 40_000,
  far: 40_000,
  sampled: 4000,
};

const NEAR = 500;
const NEWEST = { since: 'infinity', before: 'infinity' };
