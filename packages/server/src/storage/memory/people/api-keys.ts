import { type ApiKey, isApiKeyLive } from '../../../model/api-key.js';
import type { ApiKeyStore } from '../../../ports/store/api-keys.js';
import { newestFirst, type Tables } from '../tables.js';

export function apiKeys(tables: Tables): ApiKeyStore {
  const all = tables.apiKeys;
  return {
    add: async (key) => {
      all.set(key.id, key);
    },
    findByHash: async (hash) => {
      const key = [...all.values()].find((candidate) => candidate.hash === hash);
      if (key === undefined) return undefined;
      const user = key.userId === undefined ? undefined : tables.accounts.get(key.userId)?.user;
      const client = key.clientId === undefined ? undefined : tables.clients.get(key.clientId);
      return {
        key,
        user,
        client: client && { clientId: client.clientId, isActive: client.isActive, name: client.name },
      };
    },
    find: async (id) => all.get(id),
    list: async ({ owner, limit, offset, includeInactive, now }) => {
      const keys = [...all.values()].filter(
        (key) => isOwnedBy(key, owner) && (includeInactive || isApiKeyLive(key, now)),
      );
      return { keys: newestFirst(keys, (key) => key.id).slice(offset, offset + limit), total: keys.length };
    },
    used: async (id, at, ip) => {
      const key = all.get(id);
      if (key === undefined || (key.lastUsedAt !== undefined && key.lastUsedAt >= at)) return;
      all.set(id, { ...key, lastUsedAt: at, lastUsedIp: ip });
    },
    revoke: async (id, now) => {
      const key = all.get(id);
      if (key === undefined || key.revokedAt !== undefined) return false;
      all.set(id, { ...key, revokedAt: now });
      return true;
    },
    rotate: async (oldId, successor, overlapUntil) => {
      const old = all.get(oldId);
      if (old === undefined || !isApiKeyLive(old, successor.createdAt)) return false;
      const endsSooner = old.expiresAt !== undefined && old.expiresAt < overlapUntil;
      all.set(oldId, { ...old, expiresAt: endsSooner ? old.expiresAt : overlapUntil });
      all.set(successor.id, { ...successor, rotatedFrom: oldId });
      return true;
    },
  };
}

function isOwnedBy(key: ApiKey, owner: Parameters<ApiKeyStore['list']>[0]['owner']): boolean {
  if (owner === undefined) return true;
  return 'userId' in owner ? key.userId === owner.userId : key.clientId === owner.clientId;
}
