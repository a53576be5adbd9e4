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
import { email, username } from './account-names.js';
import { profileInput, profileOutput } from './profile.js';

/** Bodies and answers of /admin/users. @spec surface §1.11 */

/** How good it must be depends on the person and on settings. The upper limit keeps hashing cheap; it is far above any passphrase. */
export const password = z
  .string({ error: 'password must be text' })
  .max(1024, 'Password must be at most 1024 characters long')
  // No form of a browser sends one: nobody could type it to sign in.
  .refine((value) => !/\p{Cc}/u.test(value), 'Password must not contain control characters');

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

/** Users to leave out from the beginning of a list; what is further is reached page by page. */
export const userSkip = queryOffset('skip', {
  max: 10_000,
  beyond:
    'skip must be at most 10000: beyond it follow next_cursor of GET /admin/users, or narrow the list with its filters',
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

/**
 * Text filters match parts, without regard to case; each word of `search` may stand in the user name, the e-mail address, or the given or family name. `cursor` is what an answer gave as next_cursor; it fits only the filters that
 * it was given for. Unknown parameters, such as the `offset` of older clients, are ignored.
 */
export const userListQuery = z.object({
  skip: userSkip,
  limit: queryLimit(100, 25),
  cursor: z.string().max(512).optional(),
  search: z
    .string()
    .max(255)
    .refine((text) => text.trim().split(/\s+/).length <= 5, 'search must have 5 words at most')
    .optional(),
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
  /** False: about 10,000 users match, or more; total_count is 10,001 then. */
  total_is_exact: z.boolean().optional(),
  /** Leads to the next page; null on the last one. */
  next_cursor: z.string().nullable().optional(),
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
