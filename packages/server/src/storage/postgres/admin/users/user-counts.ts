/** Reads of user_counts, which triggers keep: how many users there are, and where in the list a page begins. */
import type { UserFilter } from '../../../../ports/store/admin/user-list.js';
import type { Pool } from '../../pool.js';
import { sql } from '../../sql.js';

/** The bits of the column `flags`. */
export const FLAG = { isActive: 1, isVerified: 2, isAdmin: 4, requiresPasswordChange: 8 } as const;

/** Every combination of the flags. */
export const ALL_KINDS: readonly number[] = Array.from({ length: 16 }, (_, kind) => kind);

/** The combinations that a filter lets through. */
export function kindsOf(filter: UserFilter): readonly number[] {
  const names = Object.keys(FLAG) as (keyof typeof FLAG)[];
  return ALL_KINDS.filter((kind) =>
    names.every((name) => filter[name] === undefined || filter[name] === ((kind & FLAG[name]) !== 0)),
  );
}

/** How many users of these kinds there are. */
export async function countAll(pool: Pool, kinds: readonly number[]): Promise<number> {
  const [row] = await pool.query<{ users: number }>(sql`
    select coalesce(sum(users), 0)::float8 as users from user_counts where level = 0 and flags = any(${kinds}::smallint[])`);
  return row?.users ?? 0;
}

/** How many were created after a time, or at it: whole days, then the hours of its day, then the rows of its hour. */
export async function countNewer(
  pool: Pool,
  { kinds, time, inclusive }: { readonly kinds: readonly number[]; readonly time: Date; readonly inclusive: boolean },
): Promise<number> {
  const [row] = await pool.query<{ users: number }>(sql`
    with place as (
      select date_bin('1 day', ${time}::timestamptz, '2000-01-01T00:00:00Z') as day,
             date_bin('1 hour', ${time}::timestamptz, '2000-01-01T00:00:00Z') as hour
    )
    select ((select coalesce(sum(c.users), 0) from user_counts c
              where c.level = 0 and c.flags = any(${kinds}::smallint[]) and c.start > place.day)
            + (select coalesce(sum(c.users), 0) from user_counts c
                where c.level = 1 and c.flags = any(${kinds}::smallint[]) and c.start > place.hour
                  and c.start < place.day + interval '1 day')
            + (select coalesce(sum(hour.users), 0) from unnest(${kinds}::smallint[]) as kind cross join lateral (
                 select count(*) as users from users u
                  where u.flags = kind and u.created_at >= ${time}::timestamptz
                    and (${inclusive}::boolean or u.created_at > ${time}::timestamptz)
                    and u.created_at < place.hour + interval '1 hour'
               ) hour))::float8 as users
      from place`);
  return row?.users ?? 0;
}

/** An hour of the list, as the database writes times, and how many of its users come before a place in it. */
export interface PlaceInHour {
  readonly since: string;
  /** Not included. */
  readonly before: string;
  readonly rest: number;
}

/** In which hour the user at a place of the list was created. */
export async function findPlace(
  pool: Pool,
  { kinds, position }: { readonly kinds: readonly number[]; readonly position: number },
): Promise<PlaceInHour | undefined> {
  const [row] = await pool.query<PlaceInHour>(sql`
    with days as (
      select start, sum(users) as users from user_counts
       where level = 0 and flags = any(${kinds}::smallint[]) group by start
    ), day as (
      select d.start, d.newer from (
        select start, users, sum(users) over (order by start desc) - users as newer from days
      ) d where d.newer <= ${position}::bigint and d.newer + d.users > ${position}::bigint
    ), hours as (
      select c.start, sum(c.users) as users from user_counts c join day on c.start >= day.start
             and c.start < day.start + interval '1 day'
       where c.level = 1 and c.flags = any(${kinds}::smallint[]) group by c.start
    )
    select h.start::text as since, (h.start + interval '1 hour')::text as before, (${position}::bigint - h.newer)::float8 as rest from (
      select hours.start, hours.users,
             day.newer + sum(hours.users) over (order by hours.start desc) - hours.users as newer
        from hours, day
    ) h where h.newer <= ${position}::bigint and h.newer + h.users > ${position}::bigint`);
  return row;
}
