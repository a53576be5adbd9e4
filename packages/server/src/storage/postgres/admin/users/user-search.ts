/** Users by what they are called, where they are, when they came: filters for which no counts are kept. */
import type { User } from '../../../../model/user.js';
import {
  MOST_COUNTED,
  MOST_SKIPPED,
  type UserFilter,
  type UserListStore,
  type UserPage,
} from '../../../../ports/store/admin/user-list.js';
import type { Pool } from '../../pool.js';
import { toUser, USER, type UserRow } from '../../rows/user.js';
import { createPositions, type Positions } from './positions.js';
import { filtered, isAboutLogins } from './user-filter.js';

interface Page {
  readonly skip: number;
  readonly limit: number;
}

/** The planner may be wrong by a little; what is counted in vain is looked for twice. */
const SURELY_FEW = 1.2 * MOST_COUNTED;
/** So many rows of a narrow index are counted and sorted faster than the list is searched for them. */
const MOST_SORTED = 300_000;

/**
 * What the planner expects decides how to look: few matches are all fetched from their index, counted and sorted; of many, the
 * list is read in its order until the page is full, going on where the page before ended.
 */
export function userSearch(pool: Pool): UserListStore['page'] {
  const positions = createPositions();
  return async (filter, page) => {
    if (page.skip >= MOST_SKIPPED) return 'too_deep';
    const expected = await expectedMatches(pool, filter);
    if (isAboutLogins(filter) && expected <= MOST_SORTED) return byLogin(pool, filter, page);
    const few = expected <= SURELY_FEW ? await fewMatches(pool, filter, page) : undefined;
    if (few && few.total <= MOST_COUNTED) return { ...few, isExact: true };
    const users = await inOrder(pool, { filter, page, positions });
    return numbered(users, page, Math.max(expected, MOST_COUNTED + 1));
  };
}

/** A page that is not full is the last one: then the number is known after all. */
function numbered(users: readonly User[], { skip, limit }: Page, estimate: number): UserPage {
  const isLast = users.length < limit && (users.length > 0 || skip === 0);
  return isLast
    ? { users, total: skip + users.length, isExact: true }
    : { users, total: Math.max(estimate, skip + users.length), isExact: false };
}

/** From the planner's statistics, without looking. */
async function expectedMatches(pool: Pool, filter: UserFilter): Promise<number> {
  const [row] = await pool.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
    filtered(filter, 'estimate', { before: 'explain (format json) select from users u' }),
  );
  return row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}

/** All that match, as long as they are few: their number, and a page of them. */
async function fewMatches(
  pool: Pool,
  filter: UserFilter,
  { skip, limit }: Page,
): Promise<{ readonly users: readonly User[]; readonly total: number }> {
  const rows = await pool.query<UserRow & { total: number }>(
    filtered(filter, 'index', {
      before: 'with matching as materialized (select u.id, u.created_at from users u',
      after: `limit ${MOST_COUNTED + 1}), listed as (
          select id from matching order by created_at desc, id desc offset $1 limit $2)
        select counted.total, ${USER.text}
          from (select count(*)::integer as total from matching) counted
               left join (listed join users u on u.id = listed.id) on true
         order by u.created_at desc, u.id desc`,
      values: [skip, limit],
    }),
  );
  return { users: rows.filter((row) => row.u_id !== null).map(toUser), total: rows[0]?.total ?? 0 };
}

async function inOrder(
  pool: Pool,
  { filter, page, positions }: { readonly filter: UserFilter; readonly page: Page; readonly positions: Positions },
): Promise<readonly User[]> {
  const { skip, limit } = page;
  const start = positions.at(filter, skip);
  const after = start ? 'and (u.created_at, u.id) < ($1::timestamptz, $2::uuid)' : '';
  const rows = await pool.query<UserRow & { position_at: string }>(
    filtered(filter, 'order', {
      before: `select ${USER.text}, u.created_at::text as position_at from users u`,
      after: `${after} order by u.created_at desc, u.id desc ${start ? 'limit $3' : 'offset $1 limit $2'}`,
      values: start ? [start.at, start.id, limit] : [skip, limit],
    }),
  );
  const last = rows.at(-1);
  if (last && rows.length === limit) positions.remember(filter, skip + limit, { at: last.position_at, id: last.u_id });
  return rows.map(toUser);
}

/** Whoever signed in long ago is mostly old: read in order, the list would have to be passed nearly whole. */
async function byLogin(pool: Pool, filter: UserFilter, { skip, limit }: Page): Promise<UserPage> {
  const rows = await pool.query<UserRow & { total: number }>({
    name: '',
    text: `with matching as materialized (
             select l.user_id as id, l.created_at from user_logins l
              where l.last_login >= coalesce($1::timestamptz, '-infinity') and l.last_login <= coalesce($2::timestamptz, 'infinity')
           ), listed as (
             select id from matching order by created_at desc, id desc offset $3 limit $4
           )
           select counted.total, ${USER.text} from (select count(*)::integer as total from matching) counted
                  left join (listed join users u on u.id = listed.id) on true
            order by u.created_at desc, u.id desc`,
    values: [filter.lastLoginAfter?.toISOString() ?? null, filter.lastLoginBefore?.toISOString() ?? null, skip, limit],
  });
  const users = rows.filter((row) => row.u_id !== null).map(toUser);
  return { users, total: rows[0]?.total ?? 0, isExact: true };
}
