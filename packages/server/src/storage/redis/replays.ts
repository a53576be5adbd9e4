/**
 * Single-use ids with Redis in front of the database: what Redis has seen is refused without asking further. The database
 * decides; when Redis forgets or goes away, nothing can be used twice.
 */
import type { Redis } from 'ioredis';
import type { ReplayStore } from '../../ports/store/tokens/replays.js';
import type { Breaker } from './breaker.js';

export interface RedisReplayStoreOptions {
  readonly redis: Redis;
  readonly breaker: Breaker;
  readonly database: ReplayStore;
}

export function createRedisReplayStore({ redis, breaker, database }: RedisReplayStoreOptions): ReplayStore {
  return {
    claim: async (idHash, expiresAt, now) => {
      const key = PREFIX + idHash;
      const isNew = await breaker.orElse(
        'claim',
        () => mark(redis, key, { expiresAt, now }),
        async () => true,
      );
      if (!isNew) return false;
      try {
        return await database.claim(idHash, expiresAt, now);
      } catch (error) {
        // not decided: the caller may try again
        await breaker.orElse(
          'release',
          async () => void (await redis.del(key)),
          async () => undefined,
        );
        throw error;
      }
    },
  };
}

const PREFIX = 'authly:once:';

const MARK = `
local now, expires = tonumber(ARGV[1]), tonumber(ARGV[2])
local seen = redis.call('GET', KEYS[1])
if seen and tonumber(seen) > now then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', math.max(expires - now, 1) + 60000)
return 1`;

async function mark(
  redis: Redis,
  key: string,
  { expiresAt, now }: { readonly expiresAt: Date; readonly now: Date },
): Promise<boolean> {
  return (await redis.eval(MARK, 1, key, now.getTime(), expiresAt.getTime())) === 1;
}
