import { expect, it } from 'vitest';
import { createMemoryRateLimiter } from '../../../src/storage/memory/rate-limiter.ts';
import { describeRateLimiter } from '../../storage/contract/rate-limiter.ts';
import { createTestClock } from '../../support/clock.ts';

describeRateLimiter('limits in memory', async (clock) => ({
  limiters: [createMemoryRateLimiter({ clock })],
  close: async () => undefined,
}));

it('limits in memory do not grow without end', async () => {
  const limiter = createMemoryRateLimiter({ clock: createTestClock() });
  for (let index = 0; index < 30_000; index += 1) {
    await limiter.consume({ key: `address:${index}`, points: 1, windowSeconds: 60 });
  }
  expect((await limiter.under('address:')).length).toBeLessThanOrEqual(10_000);
  expect(await limiter.peek({ key: 'address:29999', points: 1, windowSeconds: 60 })).toMatchObject({ allowed: false });
});
