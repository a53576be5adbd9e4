import { type OAuthErrorCode, statusOfError } from '@authly/oauth';

export interface RefusalOptions {
  readonly status?: number;
  /** Why, for the log; never shown. */
  readonly cause?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What else the answer holds, where it is OAuth's JSON. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** The caller's fault: a refusal that names the registered code and says what to change. Mapped to an answer once, in http/refuse.ts. */
export class OAuthError extends Error {
  readonly status: number;
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
    this.headers = options.headers ?? {};
    this.members = options.members ?? {};
  }
}

/** A refusal because of too many attempts. @spec RFC 6585 §4 */
export function tooMany(code: OAuthErrorCode, description: string, retryAfterSeconds: number): OAuthError {
  return new OAuthError(code, description, {
    status: 429,
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
  });
}
