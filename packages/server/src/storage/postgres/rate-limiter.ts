/** Limits that hold for every worker and node, in PostgreSQL. */
import type { Clock } from '../../ports/clock.js';
import type { Counted, RateLimit, RateLimiter, RateLimitState } from '../../ports/rate-limiter.js';
import { rateLimitState, windowEnd } from '../rate-limit-state.js';
import { type Flushable, groupCommit } from './group-commit.js';
import type { Pool, Queryable } from './pool.js';
import { sql, times } from './sql.js';

export function createPostgresRateLimiter({
  pool,
  clock,
}: {
  readonly pool: Pool;
  readonly clock: Clock;
}): RateLimiter & Flushable {
  const counts = groupCommit<RateLimit, RateLimitState>({ write: (limits) => consume(pool, limits, clock.now()) });
  return {
    consume: (limit) => counts.add(limit),
    peek: (limit) => peek(pool, limit, clock.now()),
    reset: (keys) => forget(pool, keys),
    listCounters: (prefix) => listCounters(pool, prefix, clock.now()),
    flush: () => counts.flush(),
  };
}

/** In the order of the keys, so that two of these never deadlock. */
export async function forget(db: Queryable, keys: readonly string[]): Promise<void> {
  await db.count(sql`
    with targets as (
      select key from rate_limits where key = any((select ${keys}::text[])::text[]) order by key for update
    )
    delete from rate_limits l using targets where l.key = targets.key`);
}

interface CountRow {
  readonly key: string;
  readonly points: number;
  readonly expires_at: Date;
}

/**
 * A key that was hit often in a batch is counted up once, and each hit gets its own place. In the order of the keys, so that two
 * nodes never deadlock.
 */
async function consume(pool: Pool, limits: readonly RateLimit[], now: Date): Promise<readonly RateLimitState[]> {
  const hits = new Map<string, { readonly first: RateLimit; count: number }>();
  for (const limit of limits) {
    const hit = hits.get(limit.key) ?? { first: limit, count: 0 };
    hit.count += 1;
    hits.set(limit.key, hit);
  }
  const rows = await pool.query<CountRow>(sql`
    insert into rate_limits as l (key, points, expires_at)
    select key, points, expires_at
      from unnest((select ${[...hits.keys()]}::text[]), (select ${[...hits.values()].map((hit) => hit.count)}::integer[]),
                  (select ${times([...hits.values()].map((hit) => windowEnd(hit.first, now)))}::timestamptz[]))
             as r(key, points, expires_at)
     order by key
        on conflict (key) do update
       set points = case when l.expires_at <= ${now}::timestamptz then 0 else l.points end + excluded.points,
           expires_at = case when l.expires_at <= ${now}::timestamptz then excluded.expires_at else l.expires_at end
    returning key, points, expires_at`);
  const counted = new Map(rows.map((row) => [row.key, row]));
  return limits.map((limit) => {
    const row = counted.get(limit.key);
    const hit = hits.get(limit.key);
    if (row === undefined || hit === undefined) throw new Error('a rate limit was not counted');
    hit.count -= 1;
    return rateLimitState(limit, { points: row.points - hit.count, expiresAt: row.expires_at, now });
  });
}

async function peek(pool: Pool, limit: RateLimit, now: Date): Promise<RateLimitState> {
  const [row] = await pool.query<CountRow>(sql`
    select key, points, expires_at from rate_limits where key = ${limit.key} and expires_at > ${now}`);
  const points = (row?.points ?? 0) + 1;
  return rateLimitState(limit, { points, expiresAt: row?.expires_at ?? windowEnd(limit, now), now });
}

/** A range of the index, whose keys are compared as bytes: no character comes behind the last one of Unicode. */
async function listCounters(pool: Pool, prefix: string, now: Date): Promise<readonly Counted[]> {
  const rows = await pool.query<CountRow>(sql`
    select key, points, expires_at from rate_limits where key >= ${prefix} and key < ${`${prefix}\u{10FFFF}`} and expires_at > ${now}`);
  return rows.map((row) => ({
    key: row.key,
    points: row.points,
    resetSeconds: Math.ceil((row.expires_at.getTime() - now.getTime()) / 1000),
  }));
}
