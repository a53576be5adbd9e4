import { z } from 'zod';
import { message, pageInfo, queryFlag, queryLimit, queryOffset, time } from './fields.js';

/** Answers of /admin/users/{user_id}/sessions and /tokens. @spec surface §1.11 */

/** A browser session or a token; never a secret. A browser session's `token_jti` is its `sid`. */
export const session = z.object({
  session_id: z.string(),
  token_jti: z.string(),
  token_type: z.enum(['access', 'refresh', 'session']),
  created_at: time,
  expires_at: time,
  last_activity: time,
  is_active: z.boolean(),
  client_id: z.string().nullable(),
  scope: z.string().nullable(),
  is_expired: z.boolean(),
  is_invalidated: z.boolean(),
  invalidated_at: time.nullable(),
  ip: z.string().nullable().optional(),
  user_agent: z.string().nullable().optional(),
});

export const sessionListQuery = z.object({
  skip: queryOffset('skip'),
  limit: queryLimit(100, 25),
  include_inactive: queryFlag.default(true),
});

export const sessionPage = z.object({
  sessions: z.array(session),
  total_count: z.int(),
  /** Active access tokens. */
  active_count: z.int(),
  page_info: pageInfo,
});

export const tokenListQuery = sessionListQuery.extend({
  token_type: z.enum(['access', 'refresh'], { error: 'token_type must be access or refresh' }).optional(),
  client_id: z.string().max(255).optional(),
});

export const tokenPage = z.object({
  tokens: z.array(session.extend({ token_type: z.enum(['access', 'refresh']) })),
  total_count: z.int(),
  active_count: z.int(),
  page_info: pageInfo,
});

export const sessionParams = z.object({
  user_id: z.uuid('user_id must be a UUID'),
  session_id: z.string().min(1).max(255),
});

export const revokedSessions = z.object({
  user_id: z.string(),
  username: z.string(),
  revoked_sessions: z.int(),
  active_sessions_remaining: z.int(),
  message,
});

export const revokedSession = z.object({
  user_id: z.string(),
  username: z.string(),
  session_id: z.string(),
  token_jti: z.string(),
  token_type: z.enum(['access', 'refresh', 'session']),
  message,
});

export const tokenRevocationQuery = z.object({ client_id: z.string().max(255).optional() });

export const revokedTokens = z.object({ user_id: z.string(), username: z.string(), revoked_tokens: z.int(), message });
