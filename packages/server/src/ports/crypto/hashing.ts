import type { TokenHash } from '@authly/oauth';

/** Fast digests for generated secrets, which are too long to guess; people's passwords go to the PasswordHasher. */
export interface Hashing {
  /** SHA-256 in base64url: the stored form of a generated secret. */
  tokenHash(secret: string): TokenHash;
  /** SHA-256 as bytes. */
  sha256(value: string): Buffer;
  /** SHA-512 as bytes. */
  sha512(value: string): Buffer;
  /** HMAC-SHA-256 in base64url with a key derived for this purpose from the second key of the settings, which may change. */
  mac(purpose: string, value: string): string;
  /** Whether this is the mac of the value, also under the key before the present one. In constant time. */
  isMac(mac: string, purpose: string, value: string): boolean;
  /** HMAC-SHA-256 in base64url with a key that never changes in an installation: for what is stored or told to others. */
  lastingMac(purpose: string, value: string): string;
  /** HMAC-SHA-256 with this very key, in base64url: the signature of a JWT with alg HS256. */
  hs256(key: string, value: string): string;
  /** Compares in constant time. */
  equal(left: string, right: string): boolean;
}
