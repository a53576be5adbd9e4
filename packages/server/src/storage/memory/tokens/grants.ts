import type { Grant } from '../../../model/grant.js';
import type { GrantSelection, GrantStore } from '../../../ports/store/grants.js';
import { revokeGrants, type Tables } from '../tables.js';

export function grants(tables: Tables): GrantStore {
  return {
    find: async (id) => tables.grants.get(id),
    revoke: async (which, reason, now) => revokeGrants(tables, (grant) => isMeant(grant, which), { reason, now }),
  };
}

function isMeant(grant: Grant, which: GrantSelection): boolean {
  if ('id' in which) return grant.id === which.id;
  if (which.userId !== undefined && grant.userId !== which.userId) return false;
  return which.clientId === undefined || grant.clientId === which.clientId;
}
