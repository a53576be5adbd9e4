import { z } from 'zod';
import {
  defaulted,
  message,
  optional,
  pageInfo,
  queryFlag,
  queryLimit,
  queryOffset,
  queryTime,
  time,
} from './fields.js';
import { profileInput, profileOutput } from './profile.js';

/** Bodies and answers of /admin/users. @spec surface §1.11 */

export const username = z
  .string({ error: 'username must be text' })
  .min(3, 'Username must be at least 3 characters long')
  .max(32, 'Username must be at most 32 characters long')
  .regex(/^[A-Za-z0-9_]+$/, 'Username can only contain letters, numbers and underscores');

export const email = z
  .string({ error: 'email must be text' })
  .max(254, 'Email must be at most 254 characters long')
  .regex(/^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$/, 'Invalid email format');

/** Each rule in the order in which a refusal names it. The upper limit keeps hashing cheap; it is far above any passphrase. */
export const password = z
  .string({ error: 'password must be text' })
  .max(1024, 'Password must be at most 1024 characters long')
  .superRefine((value, context) => {
    const broken = PASSWORD_RULES.find(([rule]) => !rule.test(value));
    if (broken) context.addIssue({ code: 'custom', message: broken[1] });
  });

/** The body that creates a user. Without a password a temporary one is made, as with generate_temp_password. */
export const userCreation = z.object({
  username,
  email,
  password: optional(password),
  generate_temp_password: defaulted(z.boolean(), false),
  is_active: defaulted(z.boolean(), true),
  is_verified: defaulted(z.boolean(), false),
  is_admin: defaulted(z.boolean(), false),
  requires_password_change: defaulted(z.boolean(), false),
  ...profileInput,
});

/** The body that changes a user: what is missing or null stays; an empty text clears a profile field. */
export const userChange = z.object({
  username: optional(username),
  email: optional(email),
  password: optional(password),
  is_active: optional(z.boolean()),
  is_verified: optional(z.boolean()),
  is_admin: optional(z.boolean()),
  requires_password_change: optional(z.boolean()),
  ...profileInput,
});

/** A user as lists show it. */
export const user = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  created_at: time,
  updated_at: time,
  last_login: time.nullable(),
  is_active: z.boolean(),
  is_verified: z.boolean(),
  is_admin: z.boolean(),
  requires_password_change: z.boolean(),
  ...profileOutput,
});

/** A user with what only a look at one user costs. */
export const userDetail = user.extend({
  active_sessions: z.int(),
  /** A code is asked for after the password. */
  mfa_enabled: z.boolean(),
  /** Locked out after failed sign-ins until then; null when not. */
  locked_until: time.nullable().optional(),
});

export const createdUser = userDetail.extend({ temporary_password: z.string().nullable() });

/** Text filters match parts, without regard to case. Unknown parameters, such as the `offset` of older clients, are ignored. */
export const userListQuery = z.object({
  skip: queryOffset('skip'),
  limit: queryLimit(100, 25),
  username: z.string().max(255).optional(),
  email: z.string().max(255).optional(),
  given_name: z.string().max(255).optional(),
  family_name: z.string().max(255).optional(),
  is_active: queryFlag,
  is_verified: queryFlag,
  is_admin: queryFlag,
  requires_password_change: queryFlag,
  created_after: queryTime,
  created_before: queryTime,
  last_login_after: queryTime,
  last_login_before: queryTime,
  locale: z.string().max(35).optional(),
  zoneinfo: z.string().max(100).optional(),
});

export const userPage = z.object({
  users: z.array(user),
  total_count: z.int(),
  /** False: more than 5,000 users match filters for which no count is kept, and total_count is an estimate. */
  total_is_exact: z.boolean().optional(),
  page_info: pageInfo,
  filters_applied: z.record(z.string(), z.unknown()).nullable(),
});

export const userParams = z.object({ user_id: z.uuid('user_id must be a UUID') });

export const passwordReset = z.object({
  user_id: z.string(),
  username: z.string(),
  temporary_password: z.string(),
  requires_password_change: z.literal(true),
  invalidated_sessions: z.int(),
  message,
});

export const secondFactorReset = z.object({
  user_id: z.string(),
  username: z.string(),
  was_enabled: z.boolean(),
  message,
});

export const unlocked = z.object({ user_id: z.string(), username: z.string(), was_locked: z.boolean(), message });

const PASSWORD_RULES = [
  [/^.{8,}$/su, 'Password must be at least 8 characters long'],
  [/[A-Z]/, 'Password must contain at least one uppercase letter'],
  [/[a-z]/, 'Password must contain at least one lowercase letter'],
  [/\d/, 'Password must contain at least one digit'],
  [/[!@#$%^&*(),.?":{}|<>]/, 'Password must contain at least one special character: !@#$%^&*(),.?":{}|<>'],
] as const;
