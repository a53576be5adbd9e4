/** Makes access tokens that do not print themselves. */
import type { AccessToken, TokenSource } from './credential.js';

/** What an access token is made of. Times are milliseconds since 1970. */
export interface AccessTokenParts {
  readonly token: string;
  readonly type?: 'Bearer' | 'DPoP';
  readonly scopes?: readonly string[];
  readonly expiresAt?: number;
  readonly refreshAfter?: number;
  readonly source: TokenSource;
}

/** Makes an AccessToken whose token is left out of JSON, of inspection and of spreading. */
export function accessToken(parts: AccessTokenParts): AccessToken {
  const type = parts.type ?? 'Bearer';
  const scopes = parts.scopes ?? [];
  const expiresAt = parts.expiresAt === undefined ? undefined : new Date(parts.expiresAt);
  const redacted = () =>
    ({ token: '[redacted]', type, scopes, expiresAt: expiresAt?.toISOString(), source: parts.source }) as const;
  const visible = {
    type,
    scopes,
    expiresAt,
    refreshAfter: parts.refreshAfter === undefined ? undefined : new Date(parts.refreshAfter),
    source: parts.source,
    toJSON: redacted,
  };
  Object.defineProperty(visible, 'token', { value: parts.token, enumerable: false });
  Object.defineProperty(visible, Symbol.for('nodejs.util.inspect.custom'), { value: redacted, enumerable: false });
  return visible as typeof visible & { readonly token: string };
}
