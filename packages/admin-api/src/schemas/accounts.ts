import { z } from 'zod';
import { email, username } from './account-names.js';
import { message, optional, queryLimit, time } from './fields.js';
import { password, userSkip } from './users.js';

/** Bodies and answers of /api/v1/users and /api/v1/auth. @spec surface §1.9, §1.10 */

/** `is_admin` is accepted and ignored: nobody becomes an administrator by registering. */
export const registration = z.object({ username, email, password });

export const accountChange = z.object({
  username: optional(username),
  email: optional(email),
  password: optional(password),
  is_admin: optional(z.boolean()),
});

export const account = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  created_at: time,
  updated_at: time,
  last_login: time.nullable(),
  is_active: z.boolean(),
  is_verified: z.boolean(),
  is_admin: z.boolean(),
});

export const accountListQuery = z.object({ skip: userSkip, limit: queryLimit(100, 100) });

export const loggedOut = z.object({ message, invalidated_tokens: z.int() });

export const passwordChange = z.object({
  current_password: z
    .string({ error: 'current_password is required' })
    .min(1, 'current_password is required')
    .max(1024),
  new_password: password,
});

export const passwordChanged = z.object({ message, requires_password_change: z.literal(false) });

export const passwordStatus = z.object({ requires_password_change: z.boolean(), username: z.string() });
