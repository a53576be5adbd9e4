import { z } from 'zod';
import { defaulted, message, optional, queryFlag, queryLimit, queryOffset, scopeInput, text, time } from './fields.js';

/** Bodies and answers of /admin/apikeys and of /api/v1/api-keys. */

const seconds = z.int('a duration must be a whole number of seconds');
const expiry = {
  /** Seconds from now. */
  expires_in: optional(
    seconds.min(60, 'expires_in must be at least 60 seconds').max(157_680_000, 'expires_in must be at most 5 years'),
  ),
  expires_at: optional(time),
} as const;

/** At most one owner; without one the key belongs to the caller. */
export const apiKeyCreation = z
  .object({
    name: text('name', 255, 1),
    scope: optional(scopeInput),
    scopes: optional(scopeInput),
    ...expiry,
    user_id: optional(z.uuid('user_id must be a UUID')),
    username: optional(z.string().min(1).max(255)),
    client_id: optional(z.string().min(1).max(255)),
  })
  .transform(({ scope, scopes, ...rest }) => ({ ...rest, scopes: [...new Set([...(scope ?? []), ...(scopes ?? [])])] }))
  .refine((body) => body.scopes.length > 0, { path: ['scope'], message: 'An API key needs at least one scope' })
  .refine((body) => [body.user_id, body.username, body.client_id].filter(Boolean).length <= 1, {
    path: ['user_id'],
    message: 'Give at most one of user_id, username and client_id',
  })
  .refine((body) => !(body.expires_in && body.expires_at), {
    path: ['expires_in'],
    message: 'Give at most one of expires_in and expires_at',
  });

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  /** The last four characters, to tell keys apart. */
  hint: z.string(),
  scope: z.string(),
  scopes: z.array(z.string()),
  owner: z.object({ type: z.enum(['user', 'client']), id: z.string(), name: z.string() }),
  is_active: z.boolean(),
  created_at: time,
  created_by: z.string().nullable(),
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
  last_used_ip: z.string().nullable(),
  revoked_at: time.nullable(),
  rotated_from: z.string().nullable(),
});

/** The only answer that holds the key itself. */
export const createdApiKey = apiKey.extend({ api_key: z.string() });

const overlap = defaulted(
  seconds.min(0, 'overlap_seconds must not be negative').max(2_592_000, 'overlap_seconds must be at most 30 days'),
  0,
);

export const apiKeyRotation = z
  .object({
    overlap_seconds: overlap,
    ...expiry,
  })
  .nullish()
  .transform((body) => body ?? { overlap_seconds: 0, expires_in: undefined, expires_at: undefined });

/** The new key, and until when the old one works. */
export const rotatedApiKey = createdApiKey.extend({ previous_expires_at: time.nullable() });

export const apiKeyListQuery = z.object({
  limit: queryLimit(1000, 100),
  offset: queryOffset('offset'),
  user_id: z.uuid('user_id must be a UUID').optional(),
  username: z.string().max(255).optional(),
  client_id: z.string().max(255).optional(),
  include_inactive: queryFlag,
});

export const apiKeyParams = z.object({ id: z.string().min(1).max(100) });

export const revokedApiKey = z.object({ id: z.string(), name: z.string(), message });

/** Seconds from now; a program may need a key for no longer than one job. */
const ownExpiry = optional(
  seconds.min(1, 'expires_in must be at least 1 second').max(157_680_000, 'expires_in must be at most 5 years'),
);

/** Strict, so that nobody believes to have named another owner. */
export const ownApiKeyCreation = z.strictObject({
  name: text('name', 255, 1),
  scope: scopeInput.refine((scopes) => scopes.length > 0, 'An API key needs at least one scope'),
  expires_in: ownExpiry,
});

export const ownApiKeyRotation = z
  .strictObject({ overlap_seconds: overlap, expires_in: ownExpiry })
  .nullish()
  .transform((body) => body ?? { overlap_seconds: 0, expires_in: undefined });

export const ownApiKeyListQuery = z.object({ limit: queryLimit(200, 100), offset: queryOffset('offset') });
