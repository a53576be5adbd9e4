import { z } from 'zod';
import { optional, scopeInput, text, time } from './fields.js';

/** Bodies and answers of /admin/health, /admin/auth, /admin/status and /admin/dashboard/stats. @spec surface §1.11 */

export const adminHealth = z.object({ status: z.literal('healthy'), service: z.literal('authly-admin-api') });

/** Without scopes, all admin scopes of the user are granted. */
export const adminCredentials = z.object({
  username: z.string({ error: 'username is required' }).min(1, 'username is required').max(255),
  password: z.string({ error: 'password is required' }).min(1, 'password is required').max(1024),
  /** A code of the second factor, where the account has one. */
  otp: optional(text('otp', 64)),
  scope: optional(scopeInput),
});

/** The answer of the token endpoint. @spec RFC 6749 §5.1 */
export const tokenReply = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  scope: z.string(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  requires_password_change: z.boolean().optional(),
});

export const status = z.object({
  status: z.enum(['operational', 'degraded']),
  version: z.string(),
  /** Seconds since the server started. */
  uptime_seconds: z.number(),
  /** The resource mode in force: production, embedded, cli, testing. */
  mode: z.string(),
  database: z.union([
    z.object({
      connected: z.literal(true),
      version: z.string(),
      pool: z.object({ size: z.int(), max: z.int(), active: z.int(), idle: z.int(), waiting: z.int() }),
    }),
    z.object({ connected: z.literal(false), error: z.string() }),
  ]),
  configuration: z.object({
    valid: z.boolean(),
    issuer: z.string(),
    api_prefix: z.string(),
    jwt_algorithm: z.string(),
    access_token_expiry_minutes: z.number(),
    refresh_token_expiry_days: z.number(),
  }),
  statistics: z.object({
    oauth_clients: z.int(),
    oauth_scopes: z.int(),
    active_clients: z.int(),
    active_scopes: z.int(),
    active_tokens: z.int(),
  }),
  clients: z.object({ total: z.int(), active: z.int() }),
  scopes: z.object({ total: z.int(), active: z.int(), default: z.int() }),
  users: z.object({ total: z.int(), active: z.int() }),
  tokens: z.object({ active: z.int() }),
  admin_api: z.object({
    enabled: z.literal(true),
    localhost_only: z.boolean(),
    rate_limit: z.object({ max_requests: z.int(), window_seconds: z.int() }),
  }),
  timestamp: time,
});

export const dashboardStats = z.object({
  users: z.object({
    total: z.int(),
    active: z.int(),
    inactive: z.int(),
    admins: z.int(),
    unverified: z.int(),
    requires_password_change: z.int(),
  }),
  activity: z.object({ new_users_24h: z.int(), new_users_7d: z.int() }),
  timestamp: time,
});
