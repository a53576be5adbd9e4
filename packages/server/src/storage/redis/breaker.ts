/** Leaves Redis alone for a while after it failed, so that requests do not each find out for themselves. */
import type { Redis } from 'ioredis';
import type { Clock } from '../../ports/clock.js';
import type { StorageLogger } from '../logger.js';

export interface Breaker {
  /** Tries Redis and takes the fallback when Redis is away, or was a moment ago. */
  orElse<T>(operation: RedisOperation, redis: () => Promise<T>, fallback: () => Promise<T>): Promise<T>;
}

export type RedisOperation = 'count' | 'peek' | 'reset' | 'list' | 'claim' | 'release';

/** `fallback`: Redis was not asked. */
export type RedisOutcome = 'success' | 'error' | 'fallback';

export interface BreakerOptions {
  readonly redis: Pick<Redis, 'status'>;
  readonly clock: Clock;
  readonly logger: StorageLogger;
  readonly observe?: (operation: RedisOperation, outcome: RedisOutcome) => void;
}

const PAUSE_MS = 5000;

export function createBreaker({ redis, clock, logger, observe }: BreakerOptions): Breaker {
  let closedUntil = 0;
  return {
    orElse: async (operation, first, fallback) => {
      const now = clock.now().getTime();
      if (redis.status !== 'ready' || now < closedUntil) {
        observe?.(operation, 'fallback');
        return await fallback();
      }
      try {
        const answer = await first();
        observe?.(operation, 'success');
        return answer;
      } catch (err) {
        observe?.(operation, 'error');
        closedUntil = now + PAUSE_MS;
        logger.warn({ err }, 'Redis did not answer; the database takes over for a while');
        return await fallback();
      }
    },
  };
}
