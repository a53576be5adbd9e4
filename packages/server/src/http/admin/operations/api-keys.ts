import type { Received } from '@authly/admin-api';
import type { ClientId, UserId } from '@authly/oauth';
import { endApiKey, findApiKey, issueApiKey, replaceApiKey } from '../../../admin/api-keys/api-keys.js';
import { userIdByName } from '../../../admin/api-keys/key-owner.js';
import type { ApiKey } from '../../../model/people/api-key.js';
import type { Context } from '../../../ports/context.js';
import type { Handlers } from '../operation.js';
import { apiKeyReply } from '../wire/api-key.js';
import { isoOrNull } from '../wire/time.js';

/** API keys of people and of clients. */
export const apiKeyHandlers: Handlers<'listApiKeys' | 'createApiKey' | 'getApiKey' | 'rotateApiKey' | 'revokeApiKey'> =
  {
    async listApiKeys({ query }, { context }) {
      const { limit, offset } = query;
      const now = context.clock.now();
      const owner = await ownerFilter(query, context);
      const includeInactive = query.include_inactive ?? false;
      const { keys, total } = await context.store.apiKeys.list({ owner, limit, offset, includeInactive, now });
      const names = await ownerNames(keys, context);
      return { reply: keys.map((key) => apiKeyReply(key, nameOf(key, names), now)), total };
    },

    async createApiKey({ body, actor }, { context }) {
      const { key, secret, ownerName } = await issueApiKey(body, actor, context);
      return { reply: { ...apiKeyReply(key, ownerName, context.clock.now()), api_key: secret } };
    },

    async getApiKey({ params }, { context }) {
      const key = await findApiKey(params.id, context);
      return { reply: apiKeyReply(key, nameOf(key, await ownerNames([key], context)), context.clock.now()) };
    },

    async rotateApiKey({ params, body, actor }, { context }) {
      const { key, secret, ...rest } = await replaceApiKey({ id: params.id, body }, actor, context);
      return {
        reply: {
          ...apiKeyReply(key, rest.ownerName, context.clock.now()),
          api_key: secret,
          previous_expires_at: isoOrNull(rest.previousExpiresAt),
        },
      };
    },

    async revokeApiKey({ params, actor }, { context }) {
      const { key, wasAlive } = await endApiKey(params.id, actor, context);
      const message = wasAlive ? 'API key revoked' : 'API key was revoked already';
      return { reply: { id: key.id, name: key.name, message } };
    },
  };

async function ownerFilter(query: Received<'listApiKeys'>['query'], context: Context) {
  if (query.client_id !== undefined) return { clientId: query.client_id as ClientId };
  if (query.user_id !== undefined) return { userId: query.user_id as UserId };
  return query.username === undefined ? undefined : { userId: await userIdByName(query.username, context) };
}

async function ownerNames(keys: readonly ApiKey[], context: Context): Promise<ReadonlyMap<string, string>> {
  const people = keys.flatMap(({ userId }) => (userId === undefined ? [] : [userId]));
  const clients = [...new Set(keys.flatMap(({ clientId }) => (clientId === undefined ? [] : [clientId])))];
  const [userNames, clientNames] = await Promise.all([
    context.store.admin.users.names([...new Set(people)]),
    Promise.all(clients.map(async (id) => [id, (await context.directory.client(id))?.name ?? id] as const)),
  ]);
  return new Map<string, string>([...userNames, ...clientNames]);
}

function nameOf(key: ApiKey, names: ReadonlyMap<string, string>): string {
  const id = key.userId ?? key.clientId ?? '';
  return names.get(id) ?? id;
}
