/** What PostgreSQL knows of the directory of users without looking: good enough to choose a way, never to answer. */
import type { Pool } from '../../../pool.js';
import { sql } from '../../../sql.js';

export interface DirectoryStatistics {
  /** About how many users there are; 0 when nobody has counted yet. */
  readonly users: number;
  /** Times of creation in whole seconds since 1970, rising, with about as many users between each two. */
  readonly times: readonly number[];
  /** The share of each combination of flags. */
  readonly kinds: ReadonlyMap<number, number>;
}

const KEPT_MS = 60_000;

export function directoryStatistics(
  pool: Pool,
  now: () => number = () => performance.now(),
): () => Promise<DirectoryStatistics> {
  let kept: { readonly statistics: Promise<DirectoryStatistics>; readonly until: number } | undefined;
  return async () => {
    if (kept === undefined || kept.until <= now()) kept = { statistics: read(pool), until: now() + KEPT_MS };
    const { statistics } = kept;
    try {
      return await statistics;
    } catch (error) {
      if (kept?.statistics === statistics) kept = undefined;
      throw error;
    }
  };
}

/** The share of users created before a time. */
export function shareBefore({ times }: DirectoryStatistics, second: number): number {
  const next = times.findIndex((time) => time >= second);
  if (next <= 0) return next === 0 ? 0 : 1;
  const [low = 0, high = 0] = [times[next - 1], times[next]];
  return (next - 1 + (second - low) / Math.max(1, high - low)) / (times.length - 1);
}

/** The time before which a share of the users was created. */
export function timeOfShare({ times }: DirectoryStatistics, share: number): number {
  const place = Math.max(0, share) * (times.length - 1);
  const [low = 0, high = low] = [times[Math.floor(place)], times[Math.floor(place) + 1]];
  return Math.floor(low + (high - low) * (place - Math.floor(place)));
}

async function read(pool: Pool): Promise<DirectoryStatistics> {
  const [row] = await pool.query<{
    users: number;
    times: readonly number[] | null;
    kinds: readonly number[] | null;
    shares: readonly number[] | null;
  }>(sql`
    select greatest(c.reltuples, 0)::float8 as users,
           array(select floor(date_part('epoch', t)) from unnest(created.histogram_bounds::text::timestamptz[]) t order by t) as times,
           flags.most_common_vals::text::smallint[] as kinds, flags.most_common_freqs::float8[] as shares
      from pg_class c
           left join pg_stats created on created.schemaname = c.relnamespace::regnamespace::text
                and created.tablename = c.relname and created.attname = 'created_at'
           left join pg_stats flags on flags.schemaname = c.relnamespace::regnamespace::text
                and flags.tablename = c.relname and flags.attname = 'flags'
     where c.oid = 'user_directory'::regclass`);
  const shares = row?.shares ?? [];
  return {
    users: row?.users ?? 0,
    times: row?.times ?? [],
    kinds: new Map((row?.kinds ?? []).map((kind, index) => [kind, shares[index] ?? 0])),
  };
}
