/** Failures of configuration, of credentials and of the sessions made from them. */
import { AuthError, type AuthErrorParts } from './auth-error.js';

type Parts = Omit<AuthErrorParts, 'code'>;

/** The configuration cannot work: a wrong value, an unknown profile, or no client id. */
export class ConfigurationError extends AuthError {
  constructor(parts: Parts & { readonly code?: 'config_invalid' | 'profile_not_found' | 'missing_client_id' }) {
    super({ exitCode: parts.code === 'profile_not_found' ? 4 : 5, ...parts, code: parts.code ?? 'config_invalid' });
  }
}

/** This source of credentials is not set up here; the only error that lets a chain try the next one. */
export class CredentialUnavailableError extends AuthError {
  constructor(parts: Parts) {
    super({ exitCode: 2, ...parts, code: 'credential_unavailable' });
  }
}

/** Nobody is logged in. */
export class LoginRequiredError extends AuthError {
  constructor(parts: Parts) {
    super({ exitCode: 2, ...parts, code: 'login_required' });
  }
}

/** Why a session ended. */
export type SessionEnd = 'revoked' | 'expired' | 'reused';

/** The stored session has ended on the server; the profile and the user name are kept for the next login. */
export class SessionExpiredError extends AuthError {
  readonly end: SessionEnd;

  constructor(parts: Parts & { readonly end: SessionEnd }) {
    super({ exitCode: 2, ...parts, code: 'session_expired' });
    this.end = parts.end;
  }
}

/** The user name, password, code, secret or API key was refused; never says which half was wrong. */
export class InvalidCredentialsError extends AuthError {
  constructor(parts: Parts) {
    super({ exitCode: 2, ...parts, code: 'invalid_credentials' });
  }
}

/** A second factor is needed and nobody can be asked for it. */
export class MfaRequiredError extends AuthError {
  /** The factors that the server offers, for example `totp`. */
  readonly methods: readonly string[];

  constructor(parts: Parts & { readonly methods: readonly string[] }) {
    super({ exitCode: 2, ...parts, code: 'mfa_required' });
    this.methods = parts.methods;
  }
}

/**
 * The token is good but lacks a permission.
 *
 * @spec RFC 6750 §3.1
 */
export class InsufficientScopeError extends AuthError {
  /** The scopes that the token lacks. */
  readonly missing: readonly string[];
  /** The command that asks for them, when the program has one. */
  readonly command: string | undefined;

  constructor(parts: Parts & { readonly missing: readonly string[]; readonly command?: string }) {
    super({ exitCode: 3, ...parts, code: 'insufficient_scope' });
    this.missing = parts.missing;
    this.command = parts.command;
  }
}

/**
 * The API wants more than this session has: more scopes, or a fresher or stronger login.
 *
 * @spec RFC 9470 §3
 */
export class StepUpRequiredError extends InsufficientScopeError {
  /** The authentication contexts that the API accepts; empty when scopes are what is missing. */
  readonly acrValues: readonly string[];
  /** How old the login may be, in seconds. */
  readonly maxAge: number | undefined;

  constructor(
    parts: Parts & {
      readonly missing: readonly string[];
      readonly command?: string;
      readonly acrValues?: readonly string[];
      readonly maxAge?: number;
    },
  ) {
    super(parts);
    this.acrValues = parts.acrValues ?? [];
    this.maxAge = parts.maxAge;
  }
}
