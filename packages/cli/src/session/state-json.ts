import type { Context } from '../context.js';
import type { SessionState } from './session.js';

/** How a login is shown to programs, and how its absence is told. */

/** The JSON of `whoami`, `login` and `status`. Times are RFC 3339, in UTC. */
export function stateJson(state: SessionState, { clock }: Pick<Context, 'clock'>): Record<string, unknown> {
  return {
    authenticated: state.authenticated,
    profile: state.profile ?? null,
    source: state.source ?? null,
    issuer: state.issuer ?? null,
    api_url: state.apiUrl ?? null,
    username: state.username ?? null,
    subject: state.subject ?? null,
    method: state.method ?? null,
    scopes: state.scopes,
    expires_at: state.expiresAt?.toISOString() ?? null,
    expires_in: state.expiresAt ? Math.round((state.expiresAt.getTime() - clock.now().getTime()) / 1000) : null,
    refreshable: state.refreshable,
    session_expires_at: state.sessionExpiresAt?.toISOString() ?? null,
    storage: state.storage,
    overrides: state.overrides,
    clock_skew_seconds: state.clockSkewSeconds ?? null,
    warnings: state.warnings,
  };
}
