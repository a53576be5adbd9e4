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
    // Two bytes for every UTF-16 unit, whatever they are. A wrong length is no secret: what is compared here are digests.
    equal: (left, right) =>
      left.length === right.length && timingSafeEqual(Buffer.from(left, 'utf16le'), Buffer.from(right, 'utf16le')),
  };
}

function sha256(value: string): Buffer {
  return hash('sha256', value, 'buffer');
}
