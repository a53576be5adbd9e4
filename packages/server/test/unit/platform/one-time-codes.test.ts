import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneTimeCodes } from '../../../src/platform/one-time-codes.js';

/** The secret and the codes of the specification's test vectors for SHA-1: of their eight digits apps show the last six. */
// @spec RFC 6238 Appendix B
const SECRET = Buffer.from('12345678901234567890');
const VECTORS: readonly (readonly [seconds: number, code: string, step: number])[] = [
  [59, '94287082', 0x1],
  [1111111109, '07081804', 0x23523ec],
  [1111111111, '14050471', 0x23523ed],
  [1234567890, '89005924', 0x273ef07],
  [2000000000, '69279037', 0x3f940aa],
  [20000000000, '65353130', 0x27bc86aa],
];

describe('the codes of authenticator apps', () => {
  it.each(VECTORS)('at %i seconds are those of RFC 6238', (seconds, code, step) => {
    expect(oneTimeCodes.stepOf(code.slice(-6), SECRET, new Date(seconds * 1000))).toBe(step);
  });

  it('are right one step before and after their own, and no longer', () => {
    const code = '005924';
    const step = 0x273ef07;
    const start = step * 30;
    const stepAt = (seconds: number): number | undefined => oneTimeCodes.stepOf(code, SECRET, new Date(seconds * 1000));
    expect(
      [start - 31, start - 30, start - 1, start, start + 29, start + 30, start + 59, start + 60].map(stepAt),
    ).toEqual([undefined, step, step, step, step, step, step, undefined]);
  });

  it('are those that the specification computes, for any secret at any time', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.integer({ min: 1_600_000_000, max: 4_000_000_000 }),
        fc.integer({ min: -1, max: 1 }),
        (key, seconds, delta) => {
          const secret = Buffer.from(key);
          const step = Math.floor(seconds / 30) + delta;
          // Two steps of the window share their digits once in a million.
          expect(
            oneTimeCodes.stepOf(codeAt(secret, step), secret, new Date(seconds * 1000)) === step ||
              new Set([-1, 0, 1].map((other) => codeAt(secret, Math.floor(seconds / 30) + other))).size < 3,
          ).toBe(true);
        },
      ),
    );
  });

  it('are wrong for every other secret and every other length', () => {
    const now = new Date(59_000);
    expect(oneTimeCodes.stepOf('287082', randomBytes(20), now)).toBeUndefined();
    for (const code of ['94287082', '28708', '', '287 82', '287082 '])
      expect(oneTimeCodes.stepOf(code, SECRET, now)).toBeUndefined();
  });

  it('do not depend on what lies beside the secret in memory', () => {
    const pool = Buffer.concat([randomBytes(7), SECRET, randomBytes(9)]);
    expect(oneTimeCodes.stepOf('287082', pool.subarray(7, 27), new Date(59_000))).toBe(1);
  });
});

describe('a secret', () => {
  it('is written in base32 without padding', () => {
    expect(oneTimeCodes.formatSecret(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  });

  it('is told to apps with whose it is and where', () => {
    const address = oneTimeCodes.address({ secret: SECRET, issuer: 'Ann & Co: ID', account: 'ann@example.com' });
    const url = new URL(address);
    expect(url.protocol).toBe('otpauth:');
    expect(url.host).toBe('totp');
    expect(decodeURIComponent(url.pathname)).toBe('/Ann & Co: ID:ann@example.com');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      issuer: 'Ann & Co: ID',
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});

/** RFC 4226 §5.3 in full, written apart from what is tested. */
function codeAt(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const bits = mac.readUInt32BE((mac.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(bits % 1_000_000).padStart(6, '0');
}
