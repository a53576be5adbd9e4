import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeUserCode, normaliseUserCode, showUserCode } from '../../../src/protocol/device/user-code.js';

const code = fc.constant(undefined).map(() => makeUserCode(randomBytes));

describe('a user code', () => {
  // @check 169
  it('is eight letters without vowels and look-alikes, whatever chance gives', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.uint8Array({ minLength: 16, maxLength: 16 })), (stream) => {
        let draws = 0;
        // After a while chance runs dry in favour of bytes that are accepted.
        const random = (length: number): Buffer =>
          draws++ < 50 ? Buffer.from(stream.next().value ?? []) : Buffer.alloc(length, 7);
        expect(makeUserCode(random)).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
      }),
    );
  });

  it('favours no letter', () => {
    const counts = new Map<string, number>();
    const rounds = 5000;
    for (let round = 0; round < rounds; round += 1)
      for (const letter of makeUserCode(randomBytes)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const expected = (rounds * 8) / 20;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(20);
    // 19 degrees of freedom: beyond 80 only once in 10^9 runs.
    expect(chiSquare).toBeLessThan(80);
  });

  // @check 169
  it('is read back from what it is shown as, in any case, with any of the separators that people use', () => {
    const separator = fc.constantFrom('', ' ', '-', '–', '.', '_', '  ', '\t', '- ');
    const style = fc.array(fc.tuple(fc.boolean(), separator), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(code, style, (made, letters) => {
        const typed = letters
          .map(([small, after], place) => (small ? made.charAt(place).toLowerCase() : made.charAt(place)) + after)
          .join('');
        expect(normaliseUserCode(typed)).toBe(made);
        expect(normaliseUserCode(showUserCode(made))).toBe(made);
      }),
    );
  });

  it('is nothing else: any other text is no code, and never an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const read = normaliseUserCode(text);
        if (read !== undefined) expect(read).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
      }),
    );
    for (const text of ['', 'BBBB', 'BBBB-BBBBB', 'AAAA-BBBB', 'BBBB-BBB1', 'ßBBB-BBBB']) {
      expect(normaliseUserCode(text)).toBeUndefined();
    }
  });
});
