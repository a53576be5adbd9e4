/** A credential that asks another program. */
import { systemClock, type Clock } from '../clock.js';
import { freshnessOf } from '../session/refresh-windows.js';
import { accessToken } from './access-token.js';
import type { AccessToken, Credential, TokenRequest } from './credential.js';
import { runExternalCommand, type ExternalCommand } from './external-command.js';

/** A credential that runs a program for each token and keeps the token while it is fresh. */
export function externalCredential(options: Omit<ExternalCommand, 'signal'> & { readonly clock?: Clock }): Credential {
  const clock = options.clock ?? systemClock;
  let kept: KeptToken | undefined;
  return {
    method: 'external',
    getToken: async (request = {}) => {
      if (kept && !request.forceRefresh && isFresh(kept, clock.now(), request)) return kept.token;
      const printed = await runExternalCommand({ ...options, signal: request.signal });
      const token = accessToken({ ...printed, source: 'command' });
      kept = { token, obtainedAt: clock.now() };
      return token;
    },
    invalidate: async (token) => {
      if (kept?.token.token === token.token) kept = undefined;
    },
  };
}

interface KeptToken {
  readonly token: AccessToken;
  readonly obtainedAt: number;
}

/** A token without a known end is asked for again each time: the other program may well have a newer one. */
function isFresh(kept: KeptToken, now: number, request: TokenRequest): boolean {
  const expiresAt = kept.token.expiresAt?.getTime();
  if (expiresAt === undefined) return false;
  return freshnessOf({ obtainedAt: kept.obtainedAt, expiresAt }, now, request) !== 'mandatory';
}
