import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { TokenHash } from '@authly/oauth';
import type { Hashing } from '../ports/crypto/hashing.js';

/**
 * Digests for generated secrets. `macSecret` is the second key of the settings: forms and page state; what was made with the
 * previous one is still recognised. `lastingSecret` is the installation's own.
 */
export function createHashing(secrets: {
  readonly macSecret: string;
  readonly previousMacSecret?: string;
  readonly lastingSecret: string | Buffer;
}): Hashing {
  const mac = macWith(secrets.macSecret);
  const previousMac = secrets.previousMacSecret === undefined ? undefined : macWith(secrets.previousMacSecret);
  // A wrong length is no secret: what is compared here are digests.
  const equal = (left: string, right: string): boolean =>
    left.length === right.length && timingSafeEqual(units(left, 0), units(right, 1));

  return {
    tokenHash: (secret) => hash('sha256', secret, 'base64url') as TokenHash,
    sha256,
    sha512: (value) => hash('sha512', value, 'buffer'),
    mac,
    isMac: (given, purpose, value) =>
      equal(given, mac(purpose, value)) || (previousMac !== undefined && equal(given, previousMac(purpose, value))),
    lastingMac: macWith(secrets.lastingSecret),
    hs256: (key, value) => createHmac('sha256', key).update(value).digest('base64url'),
    equal,
  };
}

function macWith(secret: string | Buffer): (purpose: string, value: string) => string {
  // Purposes are constants of the code, so this map stays small.
  const keys = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    const known = keys.get(purpose);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', secret, 'authly', `mac:${purpose}`, 32));
    keys.set(purpose, key);
    return key;
  };
  return (purpose, value) => createHmac('sha256', keyFor(purpose)).update(value).digest('base64url');
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
