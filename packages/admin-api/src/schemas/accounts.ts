import { z } from 'zod';
import { message, optional, queryLimit, queryOffset, time } from './fields.js';

/** Bodies and answers of /api/v1/users and /api/v1/auth. Their rules are older and looser than those of /admin. @spec surface §1.9, §1.10 */

const accountName = z
  .string({ error: 'username is required' })
  .min(1, 'username must not be empty')
  .max(50, 'username must be at most 50 characters long')
  .refine((value) => !/[\p{Cc}\p{Z}]/u.test(value), 'username must not contain spaces or control characters')
  .refine(isUnmistakable, 'username must not look like another one: invisible, decorated or mixed letters are refused');
const accountEmail = z
  .string({ error: 'email is required' })
  .min(1, 'email must not be empty')
  .max(255, 'email must be at most 255 characters long')
  .refine((value) => !/[\p{Cc}\p{Z}]/u.test(value), 'email must not contain spaces or control characters')
  .refine(isUnmistakable, 'email must not look like another one: invisible, decorated or mixed letters are refused');
const accountPassword = z
  .string({ error: 'password is required' })
  .min(8, 'password must be at least 8 characters long')
  .max(1024, 'password must be at most 1024 characters long');

/** `is_admin` is accepted and ignored: nobody becomes an administrator by registering. */
export const registration = z.object({ username: accountName, email: accountEmail, password: accountPassword });

export const accountChange = z.object({
  username: optional(accountName),
  email: optional(accountEmail),
  password: optional(accountPassword),
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

export const accountListQuery = z.object({ skip: queryOffset('skip'), limit: queryLimit(100, 100) });

export const loggedOut = z.object({ message, invalidated_tokens: z.int() });

export const passwordChange = z.object({
  current_password: z
    .string({ error: 'current_password is required' })
    .min(1, 'current_password is required')
    .max(1024),
  new_password: accountPassword,
});

export const passwordChanged = z.object({ message, requires_password_change: z.literal(false) });

export const passwordStatus = z.object({ requires_password_change: z.boolean(), username: z.string() });

// People tell accounts apart by looking. Scripts whose letters look alike may each be used, but not in one word.
function isUnmistakable(value: string): boolean {
  if (value !== value.normalize('NFKC') || /[\p{Cf}\u3002]/u.test(value)) return false;
  const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
  return value.split(/[^\p{L}\p{M}]+/u).every((word) => scripts.filter((script) => script.test(word)).length <= 1);
}
