/** Leaves Redis alone for a while after it failed, so that requests do not each find out for themselves. */
import type { Redis } from 'ioredis';
import type { Clock } from '../../ports/clock.js';
import type { StorageLogger } from '../logger.js';

export interface Breaker {
  /** Tries Redis and takes the fallback when Redis is away, or was a moment ago. */
  orElse<T>(redis: () => Promise<T>, fallback: () => Promise<T>): Promise<T>;
}

export interface BreakerOptions {
  readonly redis: Pick<Redis, 'status'>;
  readonly clock: Clock;
  readonly logger: StorageLogger;
}

const PAUSE_MS = 5000;

export function createBreaker({ redis, clock, logger }: BreakerOptions): Breaker {
  let closedUntil = 0;
  return {
    orElse: async (first, fallback) => {
      const now = clock.now().getTime();
      if (redis.status !== 'ready' || now < closedUntil) return await fallback();
      try {
        return await first();
      } catch (err) {
        closedUntil = now + PAUSE_MS;
        logger.warn({ err }, 'Redis did not answer; the database takes over for a while');
        return await fallback();
      }
    },
  };
}
