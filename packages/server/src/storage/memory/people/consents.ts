import type { ConsentStore } from '../../../ports/store/consents.js';
import { revokeGrants, type Tables } from '../tables.js';

export function consents(tables: Tables): ConsentStore {
  const all = tables.consents;
  return {
    find: async (userId, clientId) => all.get(keyOf(userId, clientId)),
    listOf: async (userId) =>
      [...all.values()]
        .filter((consent) => consent.userId === userId)
        .toSorted((a, b) => b.grantedAt.getTime() - a.grantedAt.getTime() || (a.clientId < b.clientId ? -1 : 1)),
    remember: async (consent) => {
      const key = keyOf(consent.userId, consent.clientId);
      const before = all.get(key);
      if (before === undefined) {
        all.set(key, consent);
        return;
      }
      const scopes = [...new Set([...before.scopes, ...consent.scopes])].toSorted();
      const grantedAt = before.grantedAt > consent.grantedAt ? before.grantedAt : consent.grantedAt;
      all.set(key, { ...consent, scopes, grantedAt });
    },
    withdraw: async (userId, clientId, now) => {
      revokeGrants(tables, (grant) => grant.userId === userId && grant.clientId === clientId, {
        reason: 'consent_withdrawn',
        now,
      });
      return all.delete(keyOf(userId, clientId));
    },
  };
}

function keyOf(userId: string, clientId: string): string {
  return `${userId} ${clientId}`;
}
