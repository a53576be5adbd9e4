import type { Client } from '../../../model/client.js';
import type { ClientStore } from '../../../ports/store/registrations.js';
import { given, newestFirst, type Tables } from '../tables.js';

export function clients(tables: Tables): ClientStore {
  const all = tables.clients;
  return {
    find: async (clientId) => all.get(clientId),
    list: async ({ limit, offset, includeInactive }) => {
      const listed = [...all.values()].filter((client) => includeInactive || client.isActive);
      return {
        clients: newestFirst(listed, (client) => client.id).slice(offset, offset + limit),
        total: listed.length,
      };
    },
    add: async (client) => {
      if (all.has(client.clientId)) return false;
      all.set(client.clientId, { ...client, updatedAt: client.createdAt, version: 1 });
      return true;
    },
    change: async (clientId, change, { now, ifVersion, clear = [] }) => {
      const client = all.get(clientId);
      if (client === undefined) return 'unknown';
      if (ifVersion !== undefined && client.version !== ifVersion) return 'stale';
      const cleared = Object.fromEntries(clear.map((field) => [field, undefined]));
      const changed: Client = { ...client, ...given(change), ...cleared, updatedAt: now, version: client.version + 1 };
      all.set(clientId, changed);
      return changed;
    },
    addSecret: async (clientId, secret, { now, overlapUntil }) => {
      const client = all.get(clientId);
      if (client === undefined) return false;
      const before = client.secrets
        .filter((old) => old.expiresAt === undefined || old.expiresAt > now)
        .map((old) => ({ ...old, expiresAt: earlier(old.expiresAt, overlapUntil) }));
      const secrets = [...before, { ...secret, createdAt: now }];
      all.set(clientId, { ...client, secrets, updatedAt: now, version: client.version + 1 });
      return true;
    },
  };
}

function earlier(time: Date | undefined, other: Date): Date {
  return time !== undefined && time < other ? time : other;
}
