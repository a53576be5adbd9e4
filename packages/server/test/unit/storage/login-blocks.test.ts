import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loginBlocks } from '../../../src/storage/postgres/admin/users/search/index/login-blocks.ts';

const HOUR = 3_600_000;
const all = { from: 400_000, to: 500_000 };
const POWERS = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20];
const within = fc.integer({ min: all.from, max: all.to });
const hour = fc.oneof(within, fc.integer({ min: -20, max: 600_000 }));
const end = fc.option(hour, { nil: undefined });

/** The blocks of a sign-in, as the index has them. */
const blocksOf = (at: number): readonly number[] => POWERS.map((power) => (at >> power) * 32 + power);
const asked = (after: number | undefined, before: number | undefined) =>
  loginBlocks(
    {
      after: after === undefined ? undefined : new Date(after * HOUR),
      before: before === undefined ? undefined : new Date(before * HOUR),
    },
    all,
  );

describe('blocks of hours', () => {
  test('hold every sign-in of the range, and those of an eighth of it more at most', () => {
    fc.assert(
      fc.property(end, end, within, (after, before, at) => {
        const blocks = new Set(asked(after, before));
        const isFound = blocksOf(at).some((block) => blocks.has(block));
        const isWithin = at >= (after ?? at) && at <= (before ?? at);
        if (isWithin) expect(isFound).toBe(true);
        const length = Math.min(before ?? all.to, all.to) - Math.max(after ?? all.from, all.from);
        const beyond = Math.max(0, (after ?? at) - at, at - (before ?? at));
        if (beyond > Math.max(0, length) / 8) expect(isFound).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('are few, each once', () => {
    fc.assert(
      fc.property(end, end, (after, before) => {
        const blocks = asked(after, before);
        expect(new Set(blocks).size).toBe(blocks.length);
        expect(blocks.length).toBeLessThanOrEqual(16);
      }),
      { numRuns: 2000 },
    );
  });

  test('of a range in which nobody signed in are none', () => {
    expect(asked(all.to + 1, undefined)).toEqual([]);
    expect(asked(undefined, all.from - 1)).toEqual([]);
    expect(asked(450_000, 440_000)).toEqual([]);
  });
});
