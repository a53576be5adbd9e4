import type { ErrorCode } from '@authly/admin-api';

export interface RefusalDetails {
  /** Other than the usual one of the code. */
  readonly status?: number;
  /** Every field that was refused; the description names the first. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly requiredScope?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The caller of the admin API asked for something that it cannot have. The description is for people; the code for programs. */
export class AdminRefusal extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    readonly description: string,
    readonly details: RefusalDetails = {},
  ) {
    super(description);
    this.name = 'AdminRefusal';
    this.status = details.status ?? STATUS[code];
  }
}

/** A refusal that names the fields to correct. */
export function invalid(errors: readonly { readonly field: string; readonly message: string }[]): AdminRefusal {
  return new AdminRefusal('INVALID_REQUEST', errors[0]?.message ?? 'The request is not valid.', { errors });
}

/** A change was based on a version that is not the stored one any more. @spec RFC 9110 §13.1.1 */
export function refuseStale(noun: string): AdminRefusal {
  return new AdminRefusal(
    'STALE_VERSION',
    `The ${noun} has changed since it was read. Read it again, then repeat the change.`,
  );
}

const STATUS: Readonly<Record<ErrorCode, number>> = {
  ADMIN_API_DISABLED: 503,
  ADMIN_API_LOCALHOST_ONLY: 403,
  NOT_AUTHENTICATED: 401,
  INVALID_CREDENTIALS: 401,
  MFA_REQUIRED: 401,
  ADMIN_REQUIRED: 403,
  INSUFFICIENT_SCOPE: 403,
  FIRST_PARTY_REQUIRED: 403,
  PASSWORD_CHANGE_REQUIRED: 403,
  INVALID_REQUEST: 400,
  CLIENT_NOT_FOUND: 404,
  SCOPE_NOT_FOUND: 404,
  RESOURCE_NOT_FOUND: 404,
  USER_NOT_FOUND: 404,
  SESSION_NOT_FOUND: 404,
  API_KEY_NOT_FOUND: 404,
  KEY_NOT_FOUND: 404,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  LAST_ADMIN: 409,
  SELF_DEMOTION: 409,
  PROTECTED: 409,
  STALE_VERSION: 412,
  IDEMPOTENCY_CONFLICT: 422,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};
