import type { Settings } from './config/settings.js';
import type { Clock } from './ports/clock.js';
import type { RateLimiter } from './ports/rate-limiter.js';
import type { Store } from './ports/store/store.js';
import type { StorageLogger } from './storage/logger.js';
import type { BreakerOptions } from './storage/redis/breaker.js';
import type { RedisState } from './storage/redis/state.js';

/** Redis in front of the database for limits and single-use marks, where there is one. The database stays the judge. */
export async function withRedis(
  settings: Settings,
  needs: {
    readonly database: Store;
    readonly databaseLimiter: RateLimiter;
    readonly clock: Clock;
    readonly logger: StorageLogger;
    readonly observe?: BreakerOptions['observe'];
  },
): Promise<{
  readonly store: Store;
  readonly limiter: RateLimiter;
  /** What Redis says of itself; `undefined` where there is none. */
  readonly redisState?: () => Promise<RedisState>;
  closeRedis(): Promise<void>;
}> {
  const { database, databaseLimiter, clock, logger, observe } = needs;
  const url = settings['redis.url'];
  if (url === undefined) return { store: database, limiter: databaseLimiter, closeRedis: async () => undefined };
  // Most servers have no Redis; they need not load its client.
  const [
    { connectRedis },
    { createBreaker },
    { createRedisRateLimiter },
    { createRedisReplayStore },
    { readRedisState },
  ] = await Promise.all([
    import('./storage/redis/connection.js'),
    import('./storage/redis/breaker.js'),
    import('./storage/redis/rate-limiter.js'),
    import('./storage/redis/replays.js'),
    import('./storage/redis/state.js'),
  ]);
  const connection = connectRedis({ url, logger });
  const redis = connection.client;
  const breaker = createBreaker({ redis, clock, logger, observe });
  return {
    store: { ...database, replays: createRedisReplayStore({ redis, breaker, database: database.replays }) },
    limiter: createRedisRateLimiter({ redis, breaker, clock, fallback: databaseLimiter }),
    redisState: () => readRedisState(redis),
    closeRedis: () => connection.close(),
  };
}
