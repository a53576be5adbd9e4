import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import type { Random } from '../ports/crypto/random.js';

const POOL_SIZE = 4096;

/**
 * Chance from the operating system. Small pieces are cut from a pool that is filled in one call, because a call costs as much as a
 * hundred pieces; a piece is wiped from the pool as it leaves it.
 */
export const systemRandom: Random = { bytes, uuid: () => randomUUID() };

const pool = Buffer.allocUnsafeSlow(POOL_SIZE);
let used = POOL_SIZE;

function bytes(length: number): Buffer {
  if (length > POOL_SIZE / 16) return randomBytes(length);
  if (used + length > POOL_SIZE) {
    randomFillSync(pool);
    used = 0;
  }
  const piece = Buffer.from(pool.subarray(used, used + length));
  pool.fill(0, used, used + length);
  used += length;
  return piece;
}
