import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partKeys } from '../../../src/storage/postgres/admin/users/search/index/part-keys.ts';

/** What the index knows of a text. */
function known(text: string): Set<string> {
  const letters = text.replaceAll('\u0001', ' ');
  const groups = (length: number) =>
    Array.from({ length: Math.max(0, letters.length - length + 1) }, (_, at) => letters.slice(at, at + length));
  return new Set([...text, ...groups(2), ...groups(3)]);
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', '_', '.', ' ', '\u0001', '%'), maxLength: 8 });

describe('keys of a part', () => {
  test('are known of every text that holds the part', () => {
    fc.assert(
      fc.property(text, text, text, (before, part, after) => {
        const keys = known(before + part + after);
        for (const key of partKeys(part)) expect(keys).toContain(key);
      }),
    );
  });

  test('hold each letter of the part', () => {
    expect(partKeys('grace.turing')).toEqual(['gra', 'ce.', 'tur', 'ing']);
    expect(partKeys('user_0')).toEqual(['use', 'r_0']);
    expect(partKeys('@corp')).toEqual(['@co', 'orp']);
    expect(partKeys('_4')).toEqual(['_4']);
    expect(partKeys('')).toEqual([]);
  });
});
