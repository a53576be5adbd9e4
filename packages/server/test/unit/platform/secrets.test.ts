import fc from 'fast-check';
import { base64url as base64, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { createHashing } from '../../../src/platform/hashing.ts';
import { createSecretBox } from '../../../src/platform/secret-box.ts';
import { systemRandom } from '../../../src/platform/system-random.ts';

const base64url = (text: string): string => base64.encode(text);
const box = createSecretBox('a master key that is long enough to be one', systemRandom);

describe('a sealed box', () => {
  test('gives back what was put in, in its own context', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, context) => {
        const plain = Buffer.from(bytes);
        expect(box.open(box.seal(plain, context), context)).toEqual(plain);
      }),
    );
  });

  test('stays closed when a single bit was changed', () => {
    const sealed = box.seal('the answer', 'refresh');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(box.open(changed, 'refresh')).toBeUndefined();
    }
  });

  test('stays closed in another context, under another key, and when it was cut', () => {
    const sealed = box.seal('the answer', 'refresh');
    expect(box.open(sealed, 'signing-key')).toBeUndefined();
    expect(createSecretBox('another master key', systemRandom).open(sealed, 'refresh')).toBeUndefined();
    for (let length = 0; length < sealed.length; length += 1) {
      expect(box.open(sealed.subarray(0, length), 'refresh')).toBeUndefined();
    }
  });

  test('that another master key sealed opens while that one is given too, and new ones are sealed with the first', () => {
    const [old, next] = ['the master key of last year, long enough', 'the master key of this year, long enough'];
    const before = createSecretBox(old, systemRandom).seal('the answer', 'c');
    const both = createSecretBox(next, systemRandom, [old]);
    expect(both.open(before, 'c')?.toString()).toBe('the answer');
    expect(createSecretBox(next, systemRandom).open(both.seal('x', 'c'), 'c')?.toString()).toBe('x');
    expect(both.knownPrefixes.some((prefix) => before.subarray(0, prefix.length).equals(prefix))).toBe(true);
    expect(before.subarray(0, both.prefix.length).equals(both.prefix)).toBe(false);
  });

  test('looks different every time', () => {
    expect(box.seal('same', 'c').equals(box.seal('same', 'c'))).toBe(false);
  });

  test('is opened by another process with the same master key', () => {
    const other = createSecretBox('a master key that is long enough to be one', systemRandom);
    expect(other.open(box.seal('x', 'c'), 'c')?.toString()).toBe('x');
  });
});

describe('hashing', () => {
  const lastingSecret = 'the key of the installation';
  const hashing = createHashing({ macSecret: 'the second key', lastingSecret });

  test('a token hash is SHA-256 in base64url', () => {
    expect(hashing.tokenHash('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
    expect(hashing.sha512('abc').toString('hex')).toMatch(/^ddaf35a193617aba/);
  });

  test('a mac depends on purpose, value and key', () => {
    const macs = [
      hashing.mac('csrf', 'a'),
      hashing.mac('csrf', 'b'),
      hashing.mac('cookie', 'a'),
      createHashing({ macSecret: 'another', lastingSecret }).mac('csrf', 'a'),
    ];
    expect(new Set(macs).size).toBe(4);
    expect(hashing.mac('csrf', 'a')).toBe(macs[0]);
  });

  test('a mac is recognised while the key that made it is given as the previous one; a lasting one never changes', () => {
    const macSecret = 'the next second key';
    const changing = createHashing({ macSecret, previousMacSecret: 'the second key', lastingSecret });
    const changed = createHashing({ macSecret, lastingSecret });
    const recognised = [hashing, changing, changed].map((it) => it.isMac(hashing.mac('csrf', 'a'), 'csrf', 'a'));
    expect(recognised).toEqual([true, true, false]);
    expect(changed.isMac(changing.mac('csrf', 'a'), 'csrf', 'a')).toBe(true);
    expect(changing.isMac(hashing.mac('csrf', 'a'), 'csrf', 'b')).toBe(false);
    expect(changed.lastingMac('sub', 'a')).toBe(hashing.lastingMac('sub', 'a'));
    expect(hashing.lastingMac('sub', 'a')).not.toBe(hashing.mac('sub', 'a'));
  });

  test('HS256 makes the signature that jose accepts', async () => {
    const key = 'a key that someone signs tokens with by hand';
    const input = [{ alg: 'HS256' }, { sub: 'u' }].map((part) => base64url(JSON.stringify(part))).join('.');
    const { payload } = await jwtVerify(`${input}.${hashing.hs256(key, input)}`, new TextEncoder().encode(key));
    expect(payload.sub).toBe('u');
  });

  // @attack comparison that tells by its time (rauthy pentest 005, Kanidm 1.10, Pocket ID 1047)
  test('comparing knows equal from unequal, whatever the lengths', () => {
    expect(hashing.equal('abc', 'abc')).toBe(true);
    expect(hashing.equal('abc', 'abd')).toBe(false);
    expect(hashing.equal('abc', 'abcd')).toBe(false);
    expect(hashing.equal('', '')).toBe(true);
  });
});
