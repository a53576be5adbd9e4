/** The two-method interface that everything else is built on. */

/** The ways to come by a token. */
export type AuthMethod =
  | 'api_key'
  | 'client_credentials'
  | 'authorization_code'
  | 'device_code'
  | 'password'
  | 'external'
  | 'static_token';

/** Where a token came from, to be shown to a person. */
export type TokenSource = 'memory' | 'store' | 'server' | 'environment' | 'configuration' | 'command';

/** An access token as it may be printed: everything but the token. */
export interface RedactedToken {
  readonly token: '[redacted]';
  readonly type: 'Bearer' | 'DPoP';
  readonly scopes: readonly string[];
  readonly expiresAt?: string;
  readonly source: TokenSource;
}

/** A token and what is known about it. Printing it never shows the token. */
export interface AccessToken {
  readonly token: string;
  readonly type: 'Bearer' | 'DPoP';
  readonly scopes: readonly string[];
  readonly expiresAt?: Date;
  readonly refreshAfter?: Date;
  readonly source: TokenSource;
  toJSON(): RedactedToken;
}

/** What a caller needs from a token. */
export interface TokenRequest {
  readonly scopes?: readonly string[];
  readonly resource?: string;
  /** The token must live at least so many seconds more. */
  readonly minTtlSeconds?: number;
  readonly forceRefresh?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * A source of tokens. `getToken` rejects with an AuthError; only CredentialUnavailableError means "ask the next source".
 *
 * @example
 * ```ts
 * const token = await credential.getToken({ minTtlSeconds: 60 });
 * headers.set('authorization', `${token.type} ${token.token}`);
 * ```
 */
export interface Credential {
  readonly method: AuthMethod;
  getToken(request?: TokenRequest): Promise<AccessToken>;
  /** Tells that an API has refused this token, so that the next call gets another one. */
  invalidate?(token: AccessToken): Promise<void>;
  /** Puts the token on a request; `Authorization: <type> <token>` without it. */
  authorize?(headers: Headers, token: AccessToken): void;
}
