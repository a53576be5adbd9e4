import { z } from 'zod';

/** What every refusal outside the OAuth endpoints looks like, as `application/json`. @spec surface §0.15, RFC 9457 §3 */
export const problem = z.object({
  /** What people's scripts read. */
  detail: z.string(),
  type: z.string(),
  title: z.string(),
  status: z.int(),
  request_id: z.string(),
  error_code: z.string().optional(),
  /** Every field that was refused; `detail` names the first. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** The scope that was missing. */
  required_scope: z.string().optional(),
});

/** The values of `error_code`: what a program may branch on. */
export const ERROR_CODES = [
  'ADMIN_API_DISABLED',
  'ADMIN_API_LOCALHOST_ONLY',
  'NOT_AUTHENTICATED',
  'INVALID_CREDENTIALS',
  'MFA_REQUIRED',
  'ADMIN_REQUIRED',
  'INSUFFICIENT_SCOPE',
  'FIRST_PARTY_REQUIRED',
  'PASSWORD_CHANGE_REQUIRED',
  'INVALID_REQUEST',
  'CLIENT_NOT_FOUND',
  'SCOPE_NOT_FOUND',
  'RESOURCE_NOT_FOUND',
  'USER_NOT_FOUND',
  'SESSION_NOT_FOUND',
  'API_KEY_NOT_FOUND',
  'KEY_NOT_FOUND',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'LAST_ADMIN',
  'SELF_DEMOTION',
  'PROTECTED',
  'STALE_VERSION',
  'IDEMPOTENCY_CONFLICT',
  'RATE_LIMITED',
  'OVERLOADED',
  'UNAVAILABLE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];
export type Problem = z.output<typeof problem>;
