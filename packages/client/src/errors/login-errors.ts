/** The ways in which an interactive login can end without a session. */
import { AuthError, type AuthErrorParts } from './auth-error.js';

type Parts = Omit<AuthErrorParts, 'code'>;

/** The person refused the request in the browser. */
export class AccessDeniedError extends AuthError {
  constructor(parts: Parts) {
    super({ exitCode: 3, ...parts, code: 'access_denied' });
  }
}

/**
 * The device code ran out before anyone approved it.
 *
 * @spec RFC 8628 §3.5
 */
export class DeviceCodeExpiredError extends AuthError {
  constructor(parts: Parts) {
    super({ exitCode: 2, ...parts, code: 'device_code_expired' });
  }
}

/** Nobody finished the login within the time limit. */
export class LoginTimeoutError extends AuthError {
  constructor(parts: Parts) {
    super({ exitCode: 2, ...parts, code: 'login_timeout' });
  }
}

/** The login was cancelled, by Ctrl-C or by the caller's signal. */
export class LoginCancelledError extends AuthError {
  constructor(parts: Parts) {
    super({ exitCode: 130, ...parts, code: 'login_cancelled' });
  }
}

/** A person would have to be asked, and there is no terminal to ask on. */
export class NonInteractiveError extends AuthError {
  /** What works without a terminal, one sentence each. */
  readonly alternatives: readonly string[];

  constructor(parts: Parts & { readonly alternatives: readonly string[] }) {
    super({ exitCode: 2, ...parts, code: 'non_interactive' });
    this.alternatives = parts.alternatives;
  }
}
