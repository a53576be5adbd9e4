import type { ErrorCode, Problem } from './schemas/problem.js';

/**
 * Why a call of the admin API failed.
 * `refused`: the server said no, see status and code. `failed`: the server is broken or busy (5xx). `unexpected`: whatever
 * answered is not Authly's admin API, or not this version of it. `unreachable`: nobody answered. `timeout`: not in time.
 * `aborted`: the caller gave up.
 */
export type AdminApiErrorKind = 'refused' | 'failed' | 'unexpected' | 'unreachable' | 'timeout' | 'aborted';

export interface AdminApiErrorFields {
  readonly kind: AdminApiErrorKind;
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
  /** Seconds to wait before another try. */
  readonly retryAfter?: number;
  readonly requiredScope?: string;
  readonly errors?: Problem['errors'];
  readonly cause?: unknown;
}

/** A call of the admin API that did not succeed. The message is the server's own words where it had any. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError';
  readonly kind: AdminApiErrorKind;
  readonly status: number | undefined;
  /** One of ERROR_CODES when the server is of this version; any text otherwise. */
  readonly code: ErrorCode | (string & {}) | undefined;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  readonly requiredScope: string | undefined;
  readonly errors: Problem['errors'];

  constructor(message: string, fields: AdminApiErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.kind = fields.kind;
    this.status = fields.status;
    this.code = fields.code;
    this.requestId = fields.requestId;
    this.retryAfter = fields.retryAfter;
    this.requiredScope = fields.requiredScope;
    this.errors = fields.errors;
  }
}
