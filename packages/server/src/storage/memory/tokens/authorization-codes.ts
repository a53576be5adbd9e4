import type { AuthorizationCodeStore } from '../../../ports/store/authorization-codes.js';
import type { Tables } from '../tables.js';
import { storeTokens } from './store-tokens.js';

export function authorizationCodes(tables: Tables): AuthorizationCodeStore {
  const { codes, grants, sessions, accounts } = tables;
  return {
    issue: async (grant, code) => {
      grants.set(grant.id, grant);
      codes.set(code.hash, code);
    },
    find: async (hash) => {
      const code = codes.get(hash);
      const grant = code && grants.get(code.grantId);
      const user = grant?.userId && accounts.get(grant.userId)?.user;
      return code && grant && user ? { code, grant, user } : undefined;
    },
    redeem: async ({ hash, now, accessToken, refreshToken }) => {
      const code = codes.get(hash);
      if (code === undefined) return 'unknown';
      if (code.redeemedAt !== undefined) return 'replayed';
      if (code.expiresAt <= now) return 'expired';
      const grant = grants.get(code.grantId);
      if (grant === undefined || grant.revokedAt !== undefined) return 'revoked';
      const session = grant.sessionId && sessions.get(grant.sessionId);
      if (!grant.offline && session && session.endedAt !== undefined) return 'revoked';
      codes.set(hash, { ...code, redeemedAt: now });
      storeTokens(tables, { grantId: grant.id, accessToken, refreshToken });
      return 'redeemed';
    },
  };
}
