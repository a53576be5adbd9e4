import type { Settings } from './config/settings.js';
import type { Clock } from './ports/clock.js';
import type { RateLimiter } from './ports/rate-limiter.js';
import type { Store } from './ports/store/store.js';
import type { StorageLogger } from './storage/logger.js';

/** Redis in front of the database for limits and single-use marks, where there is one. The database stays the judge. */
export async function withRedis(
  settings: Settings,
  needs: {
    readonly database: Store;
    readonly databaseLimiter: RateLimiter;
    readonly clock: Clock;
    readonly logger: StorageLogger;
  },
): Promise<{ readonly store: Store; readonly limiter: RateLimiter; closeRedis(): Promise<void> }> {
  const { database, databaseLimiter, clock, logger } = needs;
  const url = settings['redis.url'];
  if (url === undefined) return { store: database, limiter: databaseLimiter, closeRedis: async () => undefined };
  // Most servers have no Redis; they need not load its client.
  const [{ connectRedis }, { createBreaker }, { createRedisRateLimiter }, { createRedisReplayStore }] =
    await Promise.all([
      import('./storage/redis/connection.js'),
      import('./storage/redis/breaker.js'),
      import('./storage/redis/rate-limiter.js'),
      import('./storage/redis/replays.js'),
    ]);
  const connection = connectRedis({ url, logger });
  const redis = connection.client;
  const breaker = createBreaker({ redis, clock, logger });
  return {
    store: { ...database, replays: createRedisReplayStore({ redis, breaker, database: database.replays }) },
    limiter: createRedisRateLimiter({ redis, breaker, clock, fallback: databaseLimiter }),
    closeRedis: () => connection.close(),
  };
}
