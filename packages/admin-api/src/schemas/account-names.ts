import { canonicalEmail } from '@authly/oauth';
import { z } from 'zod';

/** What a user name and an e-mail address are, whichever way an account is made or changed. */

/** Plain letters only: people and applications tell accounts apart by looking, and other scripts have letters that look the same. */
export const username = z
  .string({ error: 'username is required' })
  .min(2, 'Username must be at least 2 characters long')
  .max(64, 'Username must be at most 64 characters long')
  .regex(/^[A-Za-z0-9._-]+$/, 'Username can only contain the letters a to z, digits, and . - _')
  .refine((name) => /^[A-Za-z0-9]/.test(name), 'Username must begin with a letter or a digit')
  .refine((name) => !/[.-]$/.test(name), 'Username must not end with . or -')
  .refine((name) => !name.includes('..'), 'Username must not contain two dots in a row');

/** A domain in other letters becomes the one that mail servers know, so that one mailbox has one spelling. */
export const email = z
  .string({ error: 'email is required' })
  .max(254, 'Email must be at most 254 characters long')
  .transform((address, context) => {
    const known = canonicalEmail(address);
    if (known !== undefined) return known;
    context.addIssue({ code: 'custom', message: 'Invalid email format' });
    return z.NEVER;
  });
