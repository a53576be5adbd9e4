/** The root of every error that this package throws, recognisable across duplicated copies of the package. */

const brand = Symbol.for('authly.auth-error');

/** What went wrong, as a word that programs may switch on. */
export type AuthErrorCode =
  | 'config_invalid'
  | 'profile_not_found'
  | 'missing_client_id'
  | 'credential_unavailable'
  | 'login_required'
  | 'session_expired'
  | 'invalid_credentials'
  | 'mfa_required'
  | 'access_denied'
  | 'device_code_expired'
  | 'login_timeout'
  | 'login_cancelled'
  | 'non_interactive'
  | 'insufficient_scope'
  | 'rate_limited'
  | 'network_error'
  | 'server_error'
  | 'oauth_error'
  | 'state_mismatch'
  | 'issuer_mismatch'
  | 'storage_locked'
  | 'storage_denied'
  | 'storage_corrupt'
  | 'storage_too_large'
  | 'storage_key_lost'
  | 'storage_unavailable'
  | 'untrusted_origin'
  | 'token_invalid';

/** Exit codes of a command: 1 general, 2 authentication, 3 permission, 4 not found, 5 validation, 7 network, 8 rate limited, 130 cancelled. */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 7 | 8 | 130;

/** The parts of an error. None of them may hold a secret. */
export interface AuthErrorParts {
  readonly code: AuthErrorCode;
  /** What happened, in one sentence. */
  readonly message: string;
  /** Why it happened, in one sentence. */
  readonly reason?: string;
  /** What to do, in one sentence; a command where there is one. */
  readonly hint?: string;
  readonly docsUrl?: string;
  readonly retryable?: boolean;
  readonly exitCode?: ExitCode;
  readonly requestId?: string;
  readonly cause?: unknown;
}

/**
 * Every failure of this package: says what, why and what to do, and never holds a secret.
 *
 * @example
 * ```ts
 * try {
 *   await client.getAccessToken();
 * } catch (error) {
 *   if (isAuthError(error)) process.exitCode = error.exitCode;
 * }
 * ```
 */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  readonly reason: string | undefined;
  readonly hint: string | undefined;
  readonly docsUrl: string | undefined;
  /** True when the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean;
  /** The exit code that a command should end with. */
  readonly exitCode: ExitCode;
  /** The server's X-Request-Id, to quote when asking for help. */
  readonly requestId: string | undefined;

  constructor(parts: AuthErrorParts) {
    super(parts.message, { cause: parts.cause });
    this.name = new.target.name;
    this.code = parts.code;
    this.reason = parts.reason;
    this.hint = parts.hint;
    this.docsUrl = parts.docsUrl;
    this.retryable = parts.retryable ?? false;
    this.exitCode = parts.exitCode ?? 1;
    this.requestId = parts.requestId;
    Object.defineProperty(this, brand, { value: true });
  }

  /** The public parts only: neither the cause nor the stack. */
  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      reason: this.reason,
      hint: this.hint,
      docs_url: this.docsUrl,
      exit_code: this.exitCode,
      request_id: this.requestId,
      retryable: this.retryable,
    };
  }
}

/**
 * Tells whether a value is an error of this package, and of the given code when one is named; works across copies of the package.
 *
 * @example
 * ```ts
 * if (isAuthError(error, 'session_expired')) await authenticator.login();
 * ```
 */
export function isAuthError(error: unknown, code?: AuthErrorCode): error is AuthError {
  if (!(error instanceof Error) || !(brand in error)) return false;
  return code === undefined || ('code' in error && error.code === code);
}
