/** Failures between this program and the servers that it talks to. */
import { AuthError, type AuthErrorParts } from './auth-error.js';

type Parts = Omit<AuthErrorParts, 'code'>;

/** The server asks to slow down. */
export class RateLimitedError extends AuthError {
  /** Seconds to wait, when the server named them. */
  readonly retryAfter: number | undefined;

  constructor(parts: Parts & { readonly retryAfter?: number }) {
    super({ exitCode: 8, retryable: true, ...parts, code: 'rate_limited' });
    this.retryAfter = parts.retryAfter;
  }
}

/** Where the connection failed. */
export type NetworkFailure = 'dns' | 'refused' | 'tls' | 'proxy' | 'timeout' | 'unreachable';

/** The server could not be reached, or did not answer in time. */
export class NetworkError extends AuthError {
  readonly failure: NetworkFailure;

  constructor(parts: Parts & { readonly failure: NetworkFailure }) {
    super({ exitCode: 7, retryable: true, ...parts, code: 'network_error' });
    this.failure = parts.failure;
  }
}

/** The server answered that it failed (5xx). */
export class ServerError extends AuthError {
  readonly status: number;
  /** Seconds to wait, when the server named them. */
  readonly retryAfter: number | undefined;

  constructor(parts: Parts & { readonly status: number; readonly retryAfter?: number }) {
    super({ exitCode: 7, retryable: true, ...parts, code: 'server_error' });
    this.status = parts.status;
    this.retryAfter = parts.retryAfter;
  }
}

/**
 * The server refused an OAuth request, or answered outside the protocol.
 *
 * @spec RFC 6749 §5.2
 */
export class OAuthProtocolError extends AuthError {
  /** The `error` value of the answer, for example `invalid_grant`. */
  readonly oauthError: string | undefined;
  /** The `error_description` of the answer, without control characters. */
  readonly description: string | undefined;

  constructor(
    parts: Parts & {
      readonly code?: 'oauth_error' | 'state_mismatch' | 'issuer_mismatch';
      readonly oauthError?: string;
      readonly description?: string;
    },
  ) {
    super({ exitCode: 2, ...parts, code: parts.code ?? 'oauth_error' });
    this.oauthError = parts.oauthError;
    this.description = parts.description;
  }
}

/** A token would have been sent to an address that it was not issued for; nothing was sent. */
export class UntrustedOriginError extends AuthError {
  readonly origin: string;

  constructor(parts: Parts & { readonly origin: string }) {
    super({ exitCode: 5, ...parts, code: 'untrusted_origin' });
    this.origin = parts.origin;
  }
}

/** Why a token was refused by a resource server. */
export type TokenProblem =
  | 'missing'
  | 'malformed'
  | 'signature'
  | 'expired'
  | 'not_yet_valid'
  | 'issuer'
  | 'audience'
  | 'type'
  | 'claim'
  | 'proof'
  | 'revoked';

/**
 * An access token that a resource server must refuse.
 *
 * @spec RFC 9068 §4
 */
export class TokenValidationError extends AuthError {
  readonly problem: TokenProblem;

  constructor(parts: Parts & { readonly problem: TokenProblem }) {
    super({ exitCode: 2, ...parts, code: 'token_invalid' });
    this.problem = parts.problem;
  }
}
