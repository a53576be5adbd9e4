/** Users by nothing but times: when they were created and when they last signed in. */
import type { UserFilter, UserPage } from '../../../../../ports/store/admin/user-list.js';
import type { Pool } from '../../../pool.js';
import { after, countedPage, expectedRows } from './matches.js';
import type { Position, Positions } from './positions.js';
import type { SearchLimits } from './search.js';
import { joined, type Piece, piece, statement, where } from './statement.js';
import { createdConditions, loginConditions } from './conditions.js';

export interface LoginSearch {
  readonly pool: Pool;
  readonly limits: SearchLimits;
  readonly positions: Positions;
  /** About how many users there are. */
  readonly users: number;
  /** Where to begin. */
  readonly start: Position | undefined;
}

/**
 * Matches lie in a narrow index by sign-in and in another by creation. Whichever has less to go through up to the page is taken;
 * and they are counted beside that, up to a number that takes no longer than the page may.
 */
export async function searchLogins(
  { pool, limits, positions, users, start }: LoginSearch,
  asked: UserFilter,
  { filter, skip, limit }: { readonly filter: UserFilter; readonly skip: number; readonly limit: number },
): Promise<UserPage> {
  // As asked: that nobody signs in before there is an account would mislead the planner.
  const matching = where([...loginConditions(asked, 'd'), ...createdConditions(asked)]);
  const found = joined([piece('select d.user_id, d.created_at from user_logins d'), matching], ' ');
  const expected = await expectedRows(pool, found);
  if (expected <= limits.mostCounted || 4 * expected ** 2 <= (skip + limit) * users) {
    const all = await countedPage(pool, found, { skip, limit, most: limits.mostLogins + 1 });
    if (all.total <= limits.mostLogins) return { users: all.users, total: all.total, isExact: true };
  }
  const passed = start?.skip ?? 0;
  const most = skip - passed + limit;
  const [{ users: page, total, last }, counted] = await Promise.all([
    countedPage(pool, inOrder(filter, after(start)), { skip: skip - passed, limit, most }),
    expected <= limits.mostLogins ? countLogins(pool, matching) : undefined,
  ]);
  if (last && page.length === limit) positions.remember(asked, { ...last, skip: skip + page.length });
  // A page that is not full has seen the end of the list.
  const exact = counted ?? (total < most ? passed + total : undefined);
  return exact === undefined
    ? { users: page, total: Math.max(expected, skip + page.length + 1), isExact: false }
    : { users: page, total: exact, isExact: true };
}

function inOrder(filter: UserFilter, behind: readonly Piece[]): Piece {
  return joined(
    [
      piece('select d.user_id, d.created_at from user_logins d'),
      where([...loginConditions(filter, 'd'), ...createdConditions(filter), ...behind]),
      piece('order by d.created_at desc, d.user_id desc'),
    ],
    ' ',
  );
}

async function countLogins(pool: Pool, matching: Piece): Promise<number> {
  const [row] = await pool.query<{ users: number }>(
    statement(piece('select count(*)::integer as users from user_logins d'), matching),
  );
  return row?.users ?? 0;
}
