import { describe, expect, test } from 'vitest';
import { createPasswordHasher } from '../../../src/platform/password-hasher.ts';
import { systemRandom } from '../../../src/platform/system-random.ts';
import { OverloadedError } from '../../../src/ports/crypto/password-hasher.ts';

const hasher = createPasswordHasher({ maxQueue: 4, concurrency: 2, random: systemRandom });

describe('a password', () => {
  test('is stored as argon2id with 19 MiB and two passes', async () => {
    const stored = await hasher.hash('Test123!');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(stored, 'Test123!')).toBe(true);
    expect(await hasher.verify(stored, 'Test123?')).toBe(false);
    expect(hasher.needsRehash(stored)).toBe(false);
  });

  test('is the same however its characters were composed', async () => {
    const stored = await hasher.hash('caf\u00e9-au-lait');
    expect(await hasher.verify(stored, 'cafe\u0301-au-lait')).toBe(true);
  });

  // @attack hashing as denial of service (Kanidm 1.11)
  test('of 1025 bytes is refused before it is hashed, and never right', async () => {
    const long = 'x'.repeat(1025);
    await expect(hasher.hash(long)).rejects.toThrow(RangeError);
    const stored = await hasher.hash('x'.repeat(1024));
    expect(await hasher.verify(stored, long)).toBe(false);
    await expect(hasher.hash('\u{1f512}'.repeat(257))).rejects.toThrow(RangeError);
  });

  test('that was hashed with weaker settings should be hashed again', () => {
    expect(hasher.needsRehash('$argon2id$v=19$m=4096,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$' + 'A'.repeat(43))).toBe(true);
    expect(hasher.needsRehash('$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$' + 'A'.repeat(43))).toBe(true);
    expect(hasher.needsRehash('$2b$12$abcdefghijklmnopqrstuv')).toBe(true);
  });
});

test('a password is looked at for as long where there is none to compare it with', async () => {
  const stored = await hasher.hash('Test123!');
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let round = 0; round < 8; round += 1) {
    for (const who of ['known', 'unknown'] as const) {
      const start = process.cpuUsage();
      expect(await hasher.verify(who === 'known' ? stored : undefined, 'wrong')).toBe(false);
      const { user, system } = process.cpuUsage(start);
      times[who].push(user + system);
    }
  }
  // The least of several is the work itself; everything above is what else the process did. Other processes do not count.
  const [known, unknown] = [Math.min(...times.known), Math.min(...times.unknown)];
  expect(unknown).toBeGreaterThan(known * 0.5);
  expect(known).toBeGreaterThan(unknown * 0.5);
});

// @attack hashing as denial of service (Kanidm 1.11)
test('more hashes than the queue holds are refused at once, and the others are done', async () => {
  const small = createPasswordHasher({ maxQueue: 2, concurrency: 1, random: systemRandom });
  const asked = Array.from({ length: 5 }, () => small.hash('Test123!'));
  const results = await Promise.allSettled(asked);
  expect(results.map((result) => result.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  const refusal = results[4];
  expect(refusal?.status === 'rejected' && refusal.reason).toBeInstanceOf(OverloadedError);
  expect(await small.hash('after the storm')).toMatch(/^\$argon2id/);
});

test('the queue goes on after a hash that failed', async () => {
  const small = createPasswordHasher({ maxQueue: 2, concurrency: 1, random: systemRandom });
  await expect(small.verify('not a hash', 'x')).rejects.toThrow();
  expect(await small.hash('next')).toMatch(/^\$argon2id/);
});
