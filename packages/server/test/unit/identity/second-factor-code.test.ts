import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readRecoveryCode,
  recoveryCode,
  showRecoveryCode,
} from '../../../src/identity/factors/recovery-code/format.js';
import { readTotpCode } from '../../../src/identity/factors/totp/totp.js';

const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 }).map((array) => Buffer.from(array));
const separator = fc.constantFrom('', ' ', '-', '–', '‑', '.', '_', ' ', '\t', '- ', '\u200b');

/** The letters with separators between them, each in a case of its own. */
function typed(code: string, style: readonly (readonly [boolean, string])[]): string {
  return [...code]
    .map((letter, index) => {
      const [lower, between] = style[index] ?? [false, ''];
      return (lower ? letter.toLowerCase() : letter) + between;
    })
    .join('');
}

const style = fc.array(fc.tuple(fc.boolean(), separator), { minLength: 16, maxLength: 16 });

describe('a recovery code', () => {
  it('is 16 letters that cannot be taken for one another, all of the ten bytes in it', () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        expect(recoveryCode(one)).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
        expect(recoveryCode(one) === recoveryCode(other)).toBe(one.equals(other));
      }),
    );
  });

  it('is made of ten bytes, not of fewer', () => {
    expect(() => recoveryCode(randomBytes(9))).toThrow('ten bytes');
  });

  it('is shown in four groups', () => {
    expect(showRecoveryCode('0123456789ABCDEF')).toBe('0123-4567-89AB-CDEF');
  });

  it('is read back from what it is shown as, in any case, with any of the separators that people use', () => {
    fc.assert(
      fc.property(bytes, style, (random, letters) => {
        const code = recoveryCode(random);
        expect(readRecoveryCode(typed(showRecoveryCode(code), letters))).toBe(code);
      }),
    );
  });

  it('is read whatever is taken for a one or a zero', () => {
    expect(readRecoveryCode('oOiI-lL00-1111-ZZZZ')).toBe('001111001111ZZZZ');
  });
});

describe('the code of an app', () => {
  it('is read with spaces, dashes and in full-width digits', () => {
    for (const text of ['123456', ' 123 456 ', '123-456', '1 2 3 4 5 6', '１２３４５６', '123\u00a0456\n'])
      expect(readTotpCode(text)).toBe('123456');
  });

  it('keeps its leading zeros', () => {
    expect(readTotpCode('000 012')).toBe('000012');
  });
});

describe('anything else', () => {
  it('is no code', () => {
    for (const text of [
      '',
      ' ',
      '12345',
      '1234567',
      '12345a',
      '٣٤٥٦٧٨',
      'u'.repeat(16),
      '0123-4567-89AB-CDE',
      "1' or '1'='1",
    ])
      expect([readTotpCode(text), readRecoveryCode(text)]).toEqual([undefined, undefined]);
  });

  it('is answered without a fault, however long and strange it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(readTotpCode(text) ?? '000000').toMatch(/^\d{6}$/);
        expect(readRecoveryCode(text) ?? '0'.repeat(16)).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
      }),
    );
    expect(readTotpCode('ﷺ'.repeat(1_000_000))).toBeUndefined();
    expect(readRecoveryCode('ﷺ'.repeat(1_000_000))).toBeUndefined();
  });
});
