import { type NearestRedirect, type OAuthErrorCode, statusOfError } from '@authly/oauth';
import type { RefusalReason } from './refusal-reason.js';

export interface RefusalOptions {
  readonly status?: number;
  /** For the operator, who looks for it by the id of the request. */
  readonly reason?: RefusalReason;
  /** The redirect address that was sent, and the registered one that is most like it. */
  readonly redirect?: { readonly sent: string; readonly nearest: NearestRedirect | undefined };
  /** Why, for the log; never shown. */
  readonly cause?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What else the answer holds, where it is OAuth's JSON. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** The caller's fault: a refusal that names the registered code and says what to change. Mapped to an answer once, in http/refuse.ts. */
export class OAuthError extends Error {
  readonly status: number;
  readonly reason: RefusalReason | undefined;
  readonly redirect: RefusalOptions['redirect'];
  /** What happened has an event of its own in the audit log, which needs no second one. */
  isRecorded = false;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: OAuthErrorCode,
    readonly description: string,
    options: RefusalOptions = {},
  ) {
    super(description, { cause: options.cause });
    this.name = 'OAuthError';
    this.status = options.status ?? statusOfError(code);
    this.reason = options.reason;
    this.redirect = options.redirect;
    this.headers = options.headers ?? {};
    this.members = options.members ?? {};
  }
}

/** The refusal of something that was written into the audit log. */
export function recorded(error: OAuthError): OAuthError {
  error.isRecorded = true;
  return error;
}

/** A refusal of a login that was under way while the logins of its person were ended. */
export function loginEnded(): OAuthError {
  return new OAuthError('access_denied', 'This login was ended while it was under way. Sign in again.', {
    status: 403,
  });
}

/** A refusal because of too many attempts. @spec RFC 6585 §4 */
export function tooMany(code: OAuthErrorCode, description: string, retryAfterSeconds: number): OAuthError {
  return new OAuthError(code, description, {
    status: 429,
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
  });
}
