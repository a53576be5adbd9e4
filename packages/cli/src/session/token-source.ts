import type { AuthClient } from '@authly/client';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import type { Place } from './place.js';
import { sameServer } from './server-address.js';
import type { Session, SessionState } from './session.js';
import { sessionState } from './session-state.js';

/** Tokens for the configured server: refreshed in time, and never those of another server. */
export function tokenSource(place: Place): Pick<Session, 'token' | 'renew' | 'close'> {
  let client: Promise<AuthClient> | undefined;
  const open = async () => {
    checkLogin(await sessionState(place), place);
    return place.authenticator.getActiveClient({ profileName: place.profileName });
  };
  const openOnce = () => (client ??= open());
  return {
    token: async (need = {}) => {
      const { expiresAt, refreshable } = await sessionState(place);
      const fixed = !place.config.values.autoRefresh && !need.forceRefresh && refreshable;
      if (fixed && expiresAt && expiresAt.getTime() <= Date.now()) throw loginExpired();
      return (await openOnce()).getAccessToken(need);
    },
    renew: async () => {
      const { refreshable } = await sessionState(place);
      if (!refreshable || !place.config.values.autoRefresh) return undefined;
      return (await openOnce()).getAccessToken({ forceRefresh: true });
    },
    close: async () => {
      await (await client?.catch(() => undefined))?.close();
    },
  };
}

function checkLogin(state: SessionState, { config, terminal, profileName }: Place): void {
  const { apiUrl } = config.values;
  if (state.profile === undefined && state.source === undefined) throw notLoggedIn(apiUrl, terminal.interactive);
  if (profileName === undefined || state.apiUrl === undefined || sameServer(state.apiUrl, apiUrl)) return;
  throw new CliError({
    message: 'This login is for another server',
    reason: `The login '${profileName}' belongs to ${state.apiUrl}; its token is not sent to ${apiUrl}.`,
    hint: `Log in there with: authly admin auth login --api-url ${apiUrl}`,
    code: 'untrusted_origin',
    exitCode: EXIT.authentication,
  });
}

/** The error for a server that nobody is logged in to. */
export function notLoggedIn(apiUrl: string, interactive: boolean): CliError {
  return new CliError({
    message: 'Not logged in',
    reason: `There is no login for ${apiUrl} on this computer.`,
    hint: interactive
      ? 'Log in with: authly admin auth login'
      : 'Set AUTHLY_TOKEN or AUTHLY_API_KEY, or run: authly admin auth login --username NAME --password-stdin',
    code: 'login_required',
    exitCode: EXIT.authentication,
  });
}

function loginExpired(): CliError {
  return new CliError({
    message: 'The token has expired',
    reason: 'It is not refreshed by itself, because auth.auto_refresh is off.',
    hint: 'Refresh it with: authly admin auth refresh',
    code: 'session_expired',
    exitCode: EXIT.authentication,
  });
}
