import type { PendingSignInStore } from '../../../ports/store/pending-sign-ins.js';
import type { Tables } from '../tables.js';

export function pendingSignIns({ pendingSignIns: all }: Tables): PendingSignInStore {
  return {
    add: async (pending) => {
      all.set(pending.idHash, pending);
    },
    find: async (idHash) => all.get(idHash),
    complete: async (idHash, now) => {
      const pending = all.get(idHash);
      if (pending === undefined || pending.completedAt !== undefined || pending.expiresAt <= now) return false;
      all.set(idHash, { ...pending, completedAt: now });
      return true;
    },
  };
}
