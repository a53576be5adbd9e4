import type { ReplayStore } from '../../../ports/store/replays.js';
import type { Tables } from '../tables.js';

export function replays(tables: Tables): ReplayStore {
  return {
    first: async (idHash, expiresAt, now) => {
      const until = tables.replays.get(idHash);
      if (until !== undefined && until > now) return false;
      tables.replays.set(idHash, expiresAt);
      return true;
    },
  };
}
