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
  /** Some values of the columns that are searched, by name of the column. */
  readonly columns: ReadonlyMap<string, Sample>;
}

/** Values of a column, each with the share of the users that it stands for. Those without a value make up the rest to 1. */
export type Sample = readonly { readonly text: string; readonly share: number }[];

type Times = Pick<DirectoryStatistics, 'times'>;

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
export function shareBefore({ times }: Times, second: number): number {
  const next = times.findIndex((time) => time >= second);
  if (next <= 0) return next === 0 ? 0 : 1;
  const [low = 0, high = 0] = [times[next - 1], times[next]];
  return (next - 1 + (second - low) / Math.max(1, high - low)) / (times.length - 1);
}

/** The time before which a share of the users was created. */
export function timeOfShare({ times }: Times, share: number): number {
  const place = Math.max(0, share) * (times.length - 1);
  const [low = 0, high = low] = [times[Math.floor(place)], times[Math.floor(place) + 1]];
  return Math.floor(low + (high - low) * (place - Math.floor(place)));
}

/** The share of users with such a value. */
export function shareOf(sample: Sample, isSuch: (text: string) => boolean = () => true): number {
  return sample.reduce((sum, { text, share }) => (isSuch(text) ? sum + share : sum), 0);
}

/** The share of users with one of these combinations of flags. */
export function shareOfKinds({ kinds }: DirectoryStatistics, asked: readonly number[]): number {
  return kinds.size === 0 ? 1 : asked.reduce((sum, kind) => sum + (kinds.get(kind) ?? 0), 0);
}

interface ColumnRow {
  readonly name: string;
  readonly nulls: number;
  readonly common: readonly string[] | null;
  readonly shares: readonly number[] | null;
  readonly others: readonly string[] | null;
}

async function readColumns(pool: Pool): Promise<ReadonlyMap<string, Sample>> {
  const rows = await pool.query<ColumnRow>(sql`
    select s.attname::text as name, s.null_frac::float8 as nulls, s.most_common_vals::text::text[] as common,
           s.most_common_freqs::float8[] as shares, s.histogram_bounds::text::text[] as others
      from pg_stats s join pg_class c on c.oid = 'user_directory'::regclass
           and s.schemaname = c.relnamespace::regnamespace::text and s.tablename = c.relname
     where s.attname = any(${SAMPLED}::name[])`);
  return new Map(rows.map((row) => [row.name, toSample(row)]));
}

const SAMPLED = ['username', 'email', 'given_name', 'family_name', 'locale', 'zoneinfo', 'login_hour'];

function toSample({ nulls, common, shares, others }: ColumnRow): Sample {
  const frequent = (common ?? []).map((text, index) => ({ text, share: shares?.[index] ?? 0 }));
  const rest = Math.max(0, 1 - nulls - shareOf(frequent));
  return [...frequent, ...(others ?? []).map((text) => ({ text, share: rest / (others?.length ?? 1) }))];
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
    columns: await readColumns(pool),
    users: row?.users ?? 0,
    times: row?.times ?? [],
    kinds: new Map((row?.kinds ?? []).map((kind, index) => [kind, shares[index] ?? 0])),
  };
}
