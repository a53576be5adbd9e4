import { canonicalResource } from '@authly/oauth';
import { z } from 'zod';
import { clearable, defaulted, message, optional, queryFlag, queryLimit, queryOffset, text, time } from './fields.js';
import { scopeName } from './scopes.js';

/** Bodies and answers of /admin/resources. */

const identifier = z
  .string({ error: 'identifier must be text' })
  .max(2000, 'identifier must be at most 2000 characters long')
  .refine(
    (value) => /^[a-z][a-z0-9+.-]*:/i.test(value) && canonicalResource(value) !== undefined,
    'identifier must be an absolute URI without a fragment, such as https://notes.example.com/mcp',
  );

const scopeNames = (name: string) => z.array(scopeName).max(200, `${name} must hold at most 200 scopes`);
const clientIds = z.array(z.string().min(1).max(512)).max(1000, 'clients must hold at most 1000 client ids');
const tokenLifetime = z
  .int('token_lifetime must be a whole number of seconds')
  .min(30, 'token_lifetime must be at least 30')
  .max(86_400, 'token_lifetime must be at most 86400');

export const resourceCreation = z.object({
  identifier,
  name: text('name', 255, 1),
  scopes: defaulted(scopeNames('scopes'), []),
  default_scopes: defaulted(scopeNames('default_scopes'), []),
  open: defaulted(z.boolean(), false),
  clients: defaulted(clientIds, []),
  token_lifetime: optional(tokenLifetime),
});

export const resourceChange = z.object({
  name: optional(text('name', 255, 1)),
  scopes: optional(scopeNames('scopes')),
  default_scopes: optional(scopeNames('default_scopes')),
  open: optional(z.boolean()),
  clients: optional(clientIds),
  token_lifetime: clearable(tokenLifetime),
  is_active: optional(z.boolean()),
});

export const resource = z.object({
  id: z.string(),
  /** What aud of its tokens says, byte for byte. */
  identifier: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  default_scopes: z.array(z.string()),
  /** Clients that no administrator made may ask for it. */
  open: z.boolean(),
  clients: z.array(z.string()),
  token_lifetime: z.int().nullable(),
  is_active: z.boolean(),
  created_at: time,
  updated_at: time,
});

export const resourceListQuery = z.object({
  limit: queryLimit(1000, 100),
  offset: queryOffset('offset'),
  include_inactive: queryFlag,
  identifier: z.string().max(2000).optional(),
});

/** Its id, or its identifier in any spelling. */
export const resourceParams = z.object({ resource_id: z.string().min(1).max(2000) });

export const deletedResource = z.object({ id: z.string(), identifier: z.string(), message });
