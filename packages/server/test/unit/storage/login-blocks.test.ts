import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loginBlocks } from '../../../src/storage/postgres/admin/users/search/index/login-blocks.ts';

const HOUR = 3_600_000;
const since = 400_000;
const now = 500_000;
const POWERS = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20];
const hour = fc.oneof(fc.integer({ min: since, max: now }), fc.integer({ min: -20, max: 600_000 }));
const end = fc.option(hour, { nil: undefined });

/** The blocks of a sign-in, as the index has them. */
const blocksOf = (at: number): readonly number[] => POWERS.map((power) => (at >> power) * 32 + power);
const asked = (after: number | undefined, before: number | undefined) =>
  loginBlocks(
    {
      after: after === undefined ? undefined : new Date(after * HOUR),
      before: before === undefined ? undefined : new Date(before * HOUR),
    },
    { since, now },
  );

describe('blocks of hours', () => {
  test('hold every sign-in of the range, and those of a sixteenth of it more at most', () => {
    fc.assert(
      fc.property(end, end, hour, (after, before, at) => {
        const blocks = new Set(asked(after, before));
        const isFound = blocksOf(at).some((block) => blocks.has(block));
        const isWithin = at >= (after ?? at) && at <= (before ?? at);
        if (isWithin) expect(isFound).toBe(true);
        const length = Math.min(before ?? now, now) - Math.max(after ?? since, since);
        const beyond = Math.max(0, (after ?? at) - at, at - (before ?? at));
        if (beyond > Math.max(0, length) / 16) expect(isFound).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('are few, each once', () => {
    fc.assert(
      fc.property(end, end, (after, before) => {
        const blocks = asked(after, before);
        expect(new Set(blocks).size).toBe(blocks.length);
        expect(blocks.length).toBeLessThan(48);
      }),
      { numRuns: 2000 },
    );
  });

  test('of an open range reach as far as anybody can have signed in', () => {
    expect(asked(undefined, undefined).length).toBeLessThan(4);
    expect(blocksOf(1_900_000).some((block) => asked(now, undefined).includes(block))).toBe(true);
    expect(blocksOf(-700_000).some((block) => asked(undefined, since).includes(block))).toBe(true);
  });
});
