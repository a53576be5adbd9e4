import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RateLimit, RateLimiter, RateLimitState } from '../../../src/ports/rate-limiter.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { name } from './given.ts';

export interface OpenRateLimiters {
  /** The same limits as several workers have them. At least one. */
  readonly limiters: readonly [RateLimiter, ...RateLimiter[]];
  close(): Promise<void>;
}

export function describeRateLimiter(title: string, open: (clock: TestClock) => Promise<OpenRateLimiters>): void {
  describe(title, () => {
    let opened: OpenRateLimiters;
    let clock: TestClock;
    beforeEach(async () => {
      clock = createTestClock();
      opened = await open(clock);
    });
    afterEach(async () => {
      await opened.close();
    });

    it('allows so many in a window and refuses the rest until it ends', async () => {
      const [limiter] = opened.limiters;
      const limit = aLimit();
      const states: RateLimitState[] = [];
      for (let hit = 0; hit < 5; hit += 1) {
        states.push(await limiter.consume(limit));
        clock.advance(10);
      }
      expect(states).toEqual([
        { allowed: true, limit: 3, remaining: 2, resetSeconds: 60 },
        { allowed: true, limit: 3, remaining: 1, resetSeconds: 50 },
        { allowed: true, limit: 3, remaining: 0, resetSeconds: 40 },
        { allowed: false, limit: 3, remaining: 0, resetSeconds: 30 },
        { allowed: false, limit: 3, remaining: 0, resetSeconds: 20 },
      ]);
      clock.advance(10);
      expect(await limiter.consume(limit)).toEqual({ allowed: true, limit: 3, remaining: 2, resetSeconds: 60 });
    });

    it('allows exactly so many of all workers together', async () => {
      const limit = aLimit({ points: 20 });
      const states = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (opened.limiters[index % opened.limiters.length] ?? opened.limiters[0]).consume(limit),
        ),
      );
      expect(states.filter((state) => state.allowed)).toHaveLength(20);
      expect(new Set(states.filter((state) => state.allowed).map((state) => state.remaining)).size).toBe(20);
    });

    it('counts keys apart that are used at the same time', async () => {
      const limits = Array.from({ length: 10 }, () => aLimit({ points: 2 }));
      const states = await Promise.all(
        [...limits, ...limits, ...limits].map((limit, index) =>
          (opened.limiters[index % opened.limiters.length] ?? opened.limiters[0]).consume(limit),
        ),
      );
      expect(states.filter((state) => state.allowed)).toHaveLength(20);
    });

    it('says what the next one would be told, without counting', async () => {
      const [limiter] = opened.limiters;
      const limit = aLimit({ points: 2 });
      expect(await limiter.peek(limit)).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 60 });
      await limiter.consume(limit);
      clock.advance(5);
      const told = await limiter.peek(limit);
      expect(told).toEqual({ allowed: true, limit: 2, remaining: 0, resetSeconds: 55 });
      expect(await limiter.consume(limit)).toEqual(told);
      expect(await limiter.peek(limit)).toMatchObject({ allowed: false });
      clock.advance(55);
      expect(await limiter.peek(limit)).toMatchObject({ allowed: true, remaining: 1 });
    });

    it('forgets what was counted', async () => {
      const [limiter] = opened.limiters;
      const limit = aLimit({ points: 1 });
      await limiter.consume(limit);
      expect(await limiter.consume(limit)).toMatchObject({ allowed: false });
      await limiter.reset([limit.key]);
      expect(await limiter.consume(limit)).toMatchObject({ allowed: true });
      await limiter.reset(['never counted']);
    });

    it('shows what is counted now under a prefix, whatever characters it has', async () => {
      const [limiter] = opened.limiters;
      const prefix = `${name('lock')}:*%_[a]\\:`;
      const [ann, bob] = [aLimit({ key: `${prefix}ann` }), aLimit({ key: `${prefix}bob`, windowSeconds: 10 })];
      await limiter.consume(ann);
      await limiter.consume(ann);
      await limiter.consume(bob);
      await limiter.consume(aLimit({ key: prefix.replace('*', 'x') }));
      const counts = await limiter.listCounters(prefix);
      expect(counts.toSorted((a, b) => a.key.localeCompare(b.key))).toEqual([
        { key: ann.key, points: 2, resetSeconds: 60 },
        { key: bob.key, points: 1, resetSeconds: 10 },
      ]);
      clock.advance(10);
      expect(await limiter.listCounters(prefix)).toEqual([{ key: ann.key, points: 2, resetSeconds: 50 }]);
    });
  });
}

function aLimit(wish: Partial<RateLimit> = {}): RateLimit {
  return { key: name('login:user:'), points: 3, windowSeconds: 60, ...wish };
}
