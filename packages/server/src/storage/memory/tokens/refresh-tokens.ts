import type { RefreshTokenStore } from '../../../ports/store/refresh-tokens.js';
import type { Tables } from '../tables.js';
import { storeTokens } from './store-tokens.js';

export function refreshTokens(tables: Tables): RefreshTokenStore {
  const { grants, accounts } = tables;
  const all = tables.refreshTokens;
  return {
    start: async ({ grant, accessToken, refreshToken }) => {
      grants.set(grant.id, grant);
      storeTokens(tables, { accessToken, refreshToken });
    },
    find: async (hash) => {
      const stored = all.get(hash);
      const grant = stored && grants.get(stored.token.grantId);
      if (stored === undefined || grant === undefined) return undefined;
      const successor = stored.successor === undefined ? undefined : all.get(stored.successor);
      return {
        token: stored.token,
        grant,
        user: grant.userId && accounts.get(grant.userId)?.user,
        replay: successor?.token.consumedAt === undefined ? stored.replay : undefined,
        successorConsumed: successor?.token.consumedAt !== undefined,
      };
    },
    rotate: async ({ hash, now, successor, accessToken, replay }) => {
      const stored = all.get(hash);
      if (stored === undefined) return 'unknown';
      const { token } = stored;
      if (token.consumedAt !== undefined) return 'consumed';
      if (token.expiresAt <= now) return 'expired';
      const grant = grants.get(token.grantId);
      if (grant === undefined || grant.revokedAt !== undefined) return 'revoked';
      all.set(hash, { token: { ...token, consumedAt: now }, replay, successor: successor.hash });
      storeTokens(tables, { grantId: grant.id, accessToken, refreshToken: successor });
      return 'rotated';
    },
  };
}
