import { z } from 'zod';
import { defaulted, message, optional, queryFlag, queryLimit, queryOffset, text, time } from './fields.js';

/** Bodies and answers of /admin/scopes. @spec surface §1.11 */

export const scopeName = z
  .string({ error: 'scope_name must be text' })
  .min(1, 'scope_name must not be empty')
  .max(255, 'scope_name must be at most 255 characters long')
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'scope_name must be printable ASCII without spaces, quotes and backslashes')
  .refine((value) => value !== '.' && value !== '..', 'scope_name must not be a dot segment')
  // GET /admin/scopes/defaults would hide a scope of this name.
  .refine((value) => value !== 'defaults', "scope_name must not be 'defaults'");

export const scopeCreation = z.object({
  scope_name: scopeName,
  description: defaulted(text('description', 1000), ''),
  is_default: defaulted(z.boolean(), false),
  is_active: defaulted(z.boolean(), true),
});

/** The name is the scope's identity: sending another one is refused by the server. */
export const scopeChange = z.object({
  scope_name: optional(z.string().max(255)),
  description: optional(text('description', 1000)),
  is_default: optional(z.boolean()),
  is_active: optional(z.boolean()),
});

export const scope = z.object({
  id: z.string(),
  scope_name: z.string(),
  description: z.string().nullable(),
  is_default: z.boolean(),
  is_active: z.boolean(),
  /** The server needs it; it can't be deleted or deactivated. */
  is_system: z.boolean(),
  created_at: time,
  updated_at: time,
});

export const scopeListQuery = z.object({
  limit: queryLimit(1000, 100),
  offset: queryOffset('offset'),
  include_inactive: queryFlag,
  default_only: queryFlag,
});

export const scopeParams = z.object({ scope_name: z.string().min(1).max(255) });

export const deletedScope = z.object({ scope_name: z.string(), message });
