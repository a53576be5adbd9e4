import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { TokenHash } from '@authly/oauth';
import type { Hashing } from '../ports/hashing.js';

/** Digests for generated secrets. `macSecret` is the second key of the settings: cookies, forms and page state. */
export function createHashing(macSecret: string): Hashing {
  // Purposes are constants of the code, so this map stays small.
  const keys = new Map<string, Buffer>();

  function keyFor(purpose: string): Buffer {
    const known = keys.get(purpose);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', macSecret, 'authly', `mac:${purpose}`, 32));
    keys.set(purpose, key);
    return key;
  }

  return {
    tokenHash: (secret) => hash('sha256', secret, 'base64url') as TokenHash,
    sha256,
    sha512: (value) => hash('sha512', value, 'buffer'),
    mac: (purpose, value) => createHmac('sha256', keyFor(purpose)).update(value).digest('base64url'),
    hs256: (key, value) => createHmac('sha256', key).update(value).digest('base64url'),
    // A wrong length is no secret: what is compared here are digests.
    equal: (left, right) => left.length === right.length && timingSafeEqual(units(left, 0), units(right, 1)),
  };
}

/** Two bytes for every UTF-16 unit, whatever they are. Digests fit into memory that is kept for them. */
function units(text: string, side: 0 | 1): Buffer {
  const length = 2 * text.length;
  if (length > DIGEST_BYTES) return Buffer.from(text, 'utf16le');
  const kept = KEPT[side];
  kept.write(text, 'utf16le');
  return kept.subarray(0, length);
}

const DIGEST_BYTES = 256;
const KEPT = [Buffer.alloc(DIGEST_BYTES), Buffer.alloc(DIGEST_BYTES)] as const;

function sha256(value: string): Buffer {
  return hash('sha256', value, 'buffer');
}
