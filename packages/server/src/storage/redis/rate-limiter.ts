/** Limits that hold for every worker and node, in Redis; in the fallback while Redis is away. */
import type { Redis } from 'ioredis';
import type { Clock } from '../../ports/clock.js';
import type { RateLimit, RateLimiter, RateLimitState } from '../../ports/rate-limiter.js';
import { toCounted, rateLimitState, windowEnd } from '../rate-limit-state.js';
import type { Breaker } from './breaker.js';

export interface RedisRateLimiterOptions {
  readonly redis: Redis;
  readonly breaker: Breaker;
  readonly clock: Clock;
  readonly fallback: RateLimiter;
}

export function createRedisRateLimiter({ redis, breaker, clock, fallback }: RedisRateLimiterOptions): RateLimiter {
  return {
    consume: (limit) =>
      breaker.orElse(
        'count',
        () => count(redis, limit, { now: clock.now(), points: 1 }),
        () => fallback.consume(limit),
      ),
    peek: (limit) =>
      breaker.orElse(
        'peek',
        () => count(redis, limit, { now: clock.now(), points: 0 }),
        () => fallback.peek(limit),
      ),
    reset: (keys) =>
      breaker.orElse(
        'reset',
        async () => {
          if (keys.length > 0) await redis.del(keys.map((key) => PREFIX + key));
        },
        () => fallback.reset(keys),
      ),
    listCounters: (prefix) =>
      breaker.orElse(
        'list',
        async () => {
          const now = clock.now();
          const windows = await windowsUnder(redis, prefix);
          return windows
            .filter(({ expiresAt }) => expiresAt > now)
            .map(({ key, ...window }) => toCounted(key, { ...window, now }));
        },
        () => fallback.listCounters(prefix),
      ),
  };
}

const PREFIX = 'authly:limit:';

// The time is the caller's, as everywhere; Redis' own clock only removes what nobody asks for any more, a minute late.
const COUNT = `
local now, fresh_end, points = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local window_end = redis.call('HGET', KEYS[1], 'end')
if not window_end or tonumber(window_end) <= now then
  if points == 0 then return { 0, fresh_end } end
  redis.call('HSET', KEYS[1], 'points', points, 'end', fresh_end)
  redis.call('PEXPIRE', KEYS[1], tonumber(fresh_end) - now + 60000)
  return { points, fresh_end }
end
if points == 0 then return { tonumber(redis.call('HGET', KEYS[1], 'points')), window_end } end
return { redis.call('HINCRBY', KEYS[1], 'points', points), window_end }`;

/** Looking counts nothing and answers what the next count would. */
async function count(
  redis: Redis,
  limit: RateLimit,
  { now, points }: { readonly now: Date; readonly points: 0 | 1 },
): Promise<RateLimitState> {
  const end = windowEnd(limit, now).getTime();
  const answer = await redis.eval(COUNT, 1, PREFIX + limit.key, now.getTime(), end, points);
  if (!Array.isArray(answer)) throw new Error('Redis answered a count with something else');
  const [total, expiresAt] = answer.map(Number);
  if (total === undefined || expiresAt === undefined) throw new Error('Redis answered only half of a count');
  return rateLimitState(limit, { points: total + 1 - points, expiresAt: new Date(expiresAt), now });
}

interface FoundWindow {
  readonly key: string;
  readonly points: number;
  readonly expiresAt: Date;
}

async function windowsUnder(redis: Redis, prefix: string): Promise<readonly FoundWindow[]> {
  const pattern = `${(PREFIX + prefix).replace(/[*?[\]\\]/g, '\\$&')}*`;
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 500);
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== '0');
  return await Promise.all(
    [...keys].map(async (key) => {
      const [points, end] = await redis.hmget(key, 'points', 'end');
      return { key: key.slice(PREFIX.length), points: Number(points ?? 0), expiresAt: new Date(Number(end ?? 0)) };
    }),
  );
}
