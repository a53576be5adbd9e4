/**
 * Pages of users, newest first. Where only flags and times of creation are asked for, kept counts say how many there are and
 * where a page begins, so the last page costs as much as the first. Any other filter is counted up to a limit; what matches less
 * is sorted from its own index, and the rest is read in the order of the list until the page is full.
 */
import type { UserId } from '@authly/oauth';
import type { User } from '../../../model/user.js';
import {
  MOST_COUNTED,
  type UserFilter,
  type UserListStore,
  type UserPage,
} from '../../../ports/store/admin/user-list.js';
import type { Pool } from '../pool.js';
import { toUser, USER, type UserRow } from '../rows/user.js';
import { type Statement, sql } from '../sql.js';
import { countAll, countNewer, findPlace, kindsOf } from './user-counts.js';
import { filtered, isCounted } from './user-filter.js';

export function userList(pool: Pool): UserListStore {
  return {
    page: (filter, page) => (isCounted(filter) ? countedPage(pool, filter, page) : matchingPage(pool, filter, page)),
    names: async (ids) => {
      const rows = await pool.query<{ id: UserId; username: string }>(sql`
        select id, username from users where id = any(${ids}::uuid[])`);
      return new Map(rows.map((row) => [row.id, row.username]));
    },
  };
}

interface Page {
  readonly skip: number;
  readonly limit: number;
}

async function countedPage(pool: Pool, filter: UserFilter, { skip, limit }: Page): Promise<UserPage> {
  const kinds = kindsOf(filter);
  const { createdAfter, createdBefore } = filter;
  const [newer, down] = await Promise.all([
    createdBefore ? countNewer(pool, { kinds, time: createdBefore, inclusive: false }) : 0,
    createdAfter ? countNewer(pool, { kinds, time: createdAfter, inclusive: true }) : countAll(pool, kinds),
  ]);
  const total = Math.max(0, down - newer);
  const wanted = Math.min(limit, total - skip);
  if (wanted <= 0) return { users: [], total, isExact: true };
  const place = await placeOf(pool, { kinds, newer, skip, fromTop: createdBefore === undefined });
  if (!place) return { users: [], total, isExact: true };
  const rows = await pool.query<UserRow>(
    planned(sql`
    select ${USER} from (
      select near.id from unnest(${kinds}::smallint[]) as kind
             cross join lateral (
               select n.id, n.created_at from users n
                where n.flags = kind and n.created_at < ${place.before}
                order by n.created_at desc, n.id desc limit ${place.rest + wanted}
             ) near
       order by near.created_at desc, near.id desc offset ${place.rest} limit ${wanted}
    ) listed join users u on u.id = listed.id
     order by u.created_at desc, u.id desc`),
  );
  return { users: rows.map(toUser), total, isExact: true };
}

/** The first pages are read from the top; for others the counts say in which minute they begin. */
async function placeOf(
  pool: Pool,
  at: { readonly kinds: readonly number[]; readonly newer: number; readonly skip: number; readonly fromTop: boolean },
): Promise<{ readonly before: Date; readonly rest: number } | undefined> {
  if (at.fromTop && at.skip <= FEW) return { before: END_OF_TIME, rest: at.skip };
  return findPlace(pool, { kinds: at.kinds, position: at.newer + at.skip });
}

const FEW = 500;
const END_OF_TIME = new Date('9999-12-31T00:00:00Z');

/** Planned for its values: a plan for any number of rows would be one for many. */
function planned(statement: Statement): Statement {
  return { ...statement, name: '' };
}

async function matchingPage(pool: Pool, filter: UserFilter, page: Page): Promise<UserPage | 'too_deep'> {
  if (page.skip >= MOST_COUNTED) return 'too_deep';
  const few = await smallPage(pool, filter, page);
  if (few.total <= MOST_COUNTED) return { ...few, isExact: true };
  const [users, estimate] = await Promise.all([largePage(pool, filter, page), estimateOf(pool, filter)]);
  return { users, total: Math.max(estimate, MOST_COUNTED + 1), isExact: false };
}

/** All that match, as long as they are few: their number, and a page of them. */
async function smallPage(
  pool: Pool,
  filter: UserFilter,
  { skip, limit }: Page,
): Promise<{ readonly users: readonly User[]; readonly total: number }> {
  const rows = await pool.query<UserRow & { total: number }>(
    filtered(
      filter,
      'with matching as materialized (select u.id, u.created_at from users u',
      `limit ${MOST_COUNTED + 1}), listed as (
         select id from matching order by created_at desc, id desc offset $1 limit $2)
       select counted.total, ${USER.text}
         from (select count(*)::integer as total from matching) counted
              left join (listed join users u on u.id = listed.id) on true
        order by u.created_at desc, u.id desc`,
      [skip, limit],
    ),
  );
  return { users: rows.filter((row) => row.u_id !== null).map(toUser), total: rows[0]?.total ?? 0 };
}

async function largePage(pool: Pool, filter: UserFilter, { skip, limit }: Page): Promise<readonly User[]> {
  const rows = await pool.query<UserRow>(
    filtered(filter, `select ${USER.text} from users u`, 'order by u.created_at desc, u.id desc offset $1 limit $2', [
      skip,
      limit,
    ]),
  );
  return rows.map(toUser);
}

/** What the planner expects, from its statistics. */
async function estimateOf(pool: Pool, filter: UserFilter): Promise<number> {
  const [row] = await pool.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
    filtered(filter, 'explain (format json) select from users u'),
  );
  return row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}
