import type { AccessTokenStore } from '../../../ports/store/access-tokens.js';
import type { MemoryAuditLog } from '../audit-log.js';
import type { Tables } from '../tables.js';
import { accessTokenKey, storeTokens } from './store-tokens.js';
import { sweep } from './sweep.js';

export function accessTokens(
  tables: Tables,
  { log }: { readonly log: Pick<MemoryAuditLog, 'append'> },
): AccessTokenStore {
  const all = tables.accessTokens;
  return {
    record: async (token, ...event) => {
      // Refuses before anything is stored.
      log.append([event]);
      storeTokens(tables, { accessToken: token });
    },
    find: async (jti, expiresAt) => {
      const token = all.get(accessTokenKey(jti, expiresAt));
      if (token === undefined) return undefined;
      const grant = token.grantId && tables.grants.get(token.grantId);
      const user = token.userId && tables.accounts.get(token.userId)?.user;
      return { token, grant: grant || undefined, user: user || undefined };
    },
    revoke: async (jti, expiresAt, now) => {
      const key = accessTokenKey(jti, expiresAt);
      const token = all.get(key);
      if (token === undefined || token.revokedAt !== undefined) return false;
      all.set(key, { ...token, revokedAt: now });
      return true;
    },
    sweep: async (now) => sweep(tables, now),
  };
}
