/** The name of a stored session: too small a name mixes accounts, so everything that changes a token is part of it. */
import { createHash } from 'node:crypto';
import type { AuthMethod } from '../credentials/credential.js';

/** Everything that a stored token depends on. */
export interface CacheKeyParts {
  readonly issuer: string;
  readonly clientId: string;
  /** The subject when it is known, else the profile, else empty. */
  readonly principal: string;
  readonly method: AuthMethod;
  readonly scopes: readonly string[];
  readonly resource?: string;
  /** `dpop` for tokens that are bound to a key. */
  readonly binding?: 'dpop';
}

/** Names a session; the same parts in any order of scopes give the same name (64 hexadecimal digits). */
export function cacheKey(parts: CacheKeyParts): string {
  const scopes = [...new Set(parts.scopes)].sort();
  const fields = [
    parts.issuer,
    parts.clientId,
    parts.principal,
    parts.method,
    scopes,
    parts.resource ?? '',
    parts.binding ?? '',
  ];
  // JSON keeps the fields apart: no two different lists have one spelling.
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** Names the secrets of a profile. */
export function profileKey(profile: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['profile', profile]))
    .digest('hex');
}
