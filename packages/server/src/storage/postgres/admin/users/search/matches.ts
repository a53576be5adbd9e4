/** Matches of a search, counted and sorted, and a page of them. */
import type { User } from '../../../../../model/user.js';
import type { Pool } from '../../../pool.js';
import { toUser, USER, type UserRow } from '../../../rows/user.js';
import { type Piece, piece, statement } from './statement.js';

export interface Place {
  /** The time as the database writes it, to the microsecond. */
  readonly at: string;
  readonly id: string;
  /** The same time in whole seconds since 1970, rounded down. */
  readonly second: number;
}

export interface Matches {
  /** All that were found, not only those of the page. */
  readonly total: number;
  readonly users: readonly User[];
  /** Where the page ends. */
  readonly last: Place | undefined;
  readonly end: End | undefined;
}

/** Where the rows end that were read, and the oldest user, in seconds. */
export interface End {
  readonly place: Place;
  readonly oldest: number;
}

export interface Wanted {
  readonly skip: number;
  readonly limit: number;
  /** No more are counted. */
  readonly most: number;
}

/**
 * `found` selects `user_id` and `created_at` of the matches, in any order. `end` selects something to go on with, seen at the same
 * moment, when fewer are found than may be counted.
 */
export async function countedPage(
  pool: Pool,
  found: Piece,
  { skip, limit, most }: Wanted,
  end: Piece = piece('null'),
): Promise<Matches> {
  const rows = await pool.query<UserRow & { total: number; at: string; second: number; end: End | null }>(
    statement(
      piece('with matching as materialized ('),
      found,
      piece('limit ?), listed as (select user_id from matching order by created_at desc, user_id desc', most),
      piece('offset ? limit ?)', skip, limit),
      piece('select case when counted.total < ? then (', most),
      end,
      piece(`) end as end, counted.total, ${USER.text}, u.created_at::text as at, floor(date_part('epoch', u.created_at)) as second
               from (select count(*)::integer as total from matching) counted
                    left join (listed join users u on u.id = listed.user_id) on true
              order by u.created_at desc, u.id desc`),
    ),
  );
  const listed = rows.filter((row) => row.u_id !== null);
  const last = listed.at(-1);
  return {
    total: rows[0]?.total ?? 0,
    users: listed.map(toUser),
    last: last && { at: last.at, id: last.u_id, second: last.second },
    end: rows[0]?.end ?? undefined,
  };
}

/** Rows that come after a place of the list. */
export function after(place: Place | undefined): readonly Piece[] {
  return place ? [piece('(d.created_at, d.user_id) < (?::timestamptz, ?::uuid)', place.at, place.id)] : [];
}

/** How many rows the planner expects of a search, without looking. */
export async function expectedRows(pool: Pool, found: Piece): Promise<number> {
  const [row] = await pool.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
    statement(piece('explain (format json)'), found),
  );
  return row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}
