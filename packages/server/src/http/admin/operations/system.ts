import type { Reply } from '@authly/admin-api';
import { signInAdministrator } from '../../../admin/sign-in-administrator.js';
import type { Web } from '../../web.js';
import { LIMIT_WINDOW_SECONDS } from '../limits.js';
import type { Handlers } from '../operation.js';
import { iso } from '../wire/time.js';

const DAY_MS = 86_400_000;

/** The server itself: is it well, what does it hold, and a way in. */
export const systemHandlers: Handlers<'adminHealth' | 'adminAuthenticate' | 'getStatus' | 'getDashboardStats'> = {
  async adminHealth() {
    return { reply: { status: 'healthy', service: 'authly-admin-api' } };
  },

  async adminAuthenticate({ body, origin }, { context }) {
    const { tokens, user } = await signInAdministrator(body, origin, context);
    const reply = { ...tokens, scope: tokens.scope ?? '', requires_password_change: user.requiresPasswordChange };
    return { reply: { ...reply, token_type: 'Bearer' } };
  },

  async getStatus(_call, web) {
    const { context } = web;
    const { settings } = context;
    const now = context.clock.now();
    const [database, registered, people, tokens] = await Promise.all([
      databaseStatus(web),
      context.store.admin.statistics.registrations(),
      context.store.admin.statistics.users(),
      context.store.admin.statistics.activeAccessTokens(now),
    ]);
    return {
      reply: {
        status: database.connected ? 'operational' : 'degraded',
        version: web.runtime.version,
        uptime_seconds: Math.max(0, Math.round((now.getTime() - web.runtime.startedAt.getTime()) / 1000)),
        mode: settings.mode,
        database,
        configuration: {
          // A server with wrong settings does not start.
          valid: true,
          issuer: settings.issuer,
          api_prefix: settings.api_prefix,
          jwt_algorithm: settings['tokens.access_alg'],
          access_token_expiry_minutes: settings['tokens.access_lifetime'] / 60,
          refresh_token_expiry_days: settings['tokens.refresh_lifetime'] / 86_400,
        },
        statistics: {
          oauth_clients: registered.clients,
          oauth_scopes: registered.scopes,
          active_clients: registered.activeClients,
          active_scopes: registered.activeScopes,
          active_tokens: tokens,
        },
        clients: { total: registered.clients, active: registered.activeClients },
        scopes: { total: registered.scopes, active: registered.activeScopes, default: registered.defaultScopes },
        users: { total: people.total, active: people.active },
        tokens: { active: tokens },
        admin_api: {
          enabled: true,
          localhost_only: settings['admin.localhost_only'],
          rate_limit: { max_requests: settings['admin.rate_limit'], window_seconds: LIMIT_WINDOW_SECONDS },
        },
        timestamp: iso(now),
      },
    };
  },

  async getDashboardStats(_call, { context }) {
    const now = context.clock.now();
    const { statistics } = context.store.admin;
    const [people, day, week] = await Promise.all([
      statistics.users(),
      statistics.usersSince(new Date(now.getTime() - DAY_MS)),
      statistics.usersSince(new Date(now.getTime() - 7 * DAY_MS)),
    ]);
    return {
      reply: {
        users: {
          total: people.total,
          active: people.active,
          inactive: people.total - people.active,
          admins: people.admins,
          unverified: people.unverified,
          requires_password_change: people.requiresPasswordChange,
        },
        activity: { new_users_24h: day, new_users_7d: week },
        timestamp: iso(now),
      },
    };
  },
};

async function databaseStatus({ runtime }: Web): Promise<Reply<'getStatus'>['database']> {
  try {
    const version = await runtime.ping();
    const { open, idle, waiting, max } = runtime.pool();
    return { connected: true, version, pool: { size: open, max, active: open - idle, idle, waiting } };
  } catch {
    return { connected: false, error: 'The database cannot be reached' };
  }
}
