import type { Actor } from '../../admin/actor.js';
import { keyExpiry, keyMade } from '../../admin/api-keys/api-keys.js';
import { AdminRefusal } from '../../admin/refusal.js';
import { createApiKey, type KeyActor, revokeApiKey, rotateApiKey } from '../../identity/api-keys.js';
import { isRecent, RECENT_SECONDS } from '../../identity/second-factor/prove-again.js';
import { type ApiKey, isApiKeyLive } from '../../model/people/api-key.js';
import type { Context } from '../../ports/context.js';
import { challengeFor } from '../../protocol/bearer.js';
import { OAuthError } from '../../protocol/error.js';
import type { Handlers } from '../admin/operation.js';
import { apiKeyReply } from '../admin/wire/api-key.js';
import { isoOrNull } from '../admin/wire/time.js';

/**
 * People's own API keys. A key can do no more than the token that makes it: it outlives that token. A key may look at itself,
 * replace itself and end itself.
 */
export const ownApiKeyHandlers: Handlers<'listOwnApiKeys' | 'createOwnApiKey' | 'rotateOwnApiKey' | 'revokeOwnApiKey'> =
  {
    async listOwnApiKeys({ query, actor }, { context }) {
      const now = context.clock.now();
      const { keys, total } = actor.token.apiKey
        ? { keys: [actor.token.apiKey], total: 1 }
        : await context.store.apiKeys.list({ ...query, owner: { userId: actor.user.id }, includeInactive: false, now });
      return { reply: keys.map((key) => apiKeyReply(key, actor.user.username, now)), total };
    },

    async createOwnApiKey({ body, actor }, { context }) {
      checkWithin(body.scope, actor);
      demandRecentSignIn(actor, context);
      const wanted = { owner: actor, name: body.name, scopes: body.scope, expiresAt: keyExpiry(body, context) };
      const made = await keyMade(await createApiKey(wanted, by(actor), context), { ...wanted, context });
      return { reply: { ...apiKeyReply(made.key, made.ownerName, context.clock.now()), api_key: made.secret } };
    },

    async rotateOwnApiKey({ params, body, actor }, { context }) {
      const key = await ownKey(params.id, actor, context);
      if (!actor.token.apiKey) {
        checkWithin(key.scopes, actor);
        demandRecentSignIn(actor, context);
      }
      const wanted = { owner: actor, key, overlapSeconds: body.overlap_seconds, expiresAt: keyExpiry(body, context) };
      const result = await rotateApiKey(wanted, by(actor), context);
      const made = await keyMade(result, { owner: actor, scopes: key.scopes, context });
      return {
        reply: {
          ...apiKeyReply(made.key, made.ownerName, context.clock.now()),
          api_key: made.secret,
          previous_expires_at: isoOrNull(made.previousExpiresAt),
        },
      };
    },

    async revokeOwnApiKey({ params, actor }, { context }) {
      const key = await ownKey(params.id, actor, context);
      await revokeApiKey(key, by(actor), context);
      return { reply: { id: key.id, name: key.name, message: 'The API key is revoked.' } };
    },
  };

/** A key of somebody else does not exist; for a key, there is only itself. */
async function ownKey(id: string, { user, token }: Actor, context: Pick<Context, 'store' | 'clock'>): Promise<ApiKey> {
  const key = token.apiKey && token.apiKey.id !== id ? undefined : await context.store.apiKeys.find(id);
  if (key?.userId !== user.id || !isApiKeyLive(key, context.clock.now()))
    throw new AdminRefusal('API_KEY_NOT_FOUND', 'API key not found');
  return key;
}

function checkWithin(scopes: readonly string[], { token }: Actor): void {
  const more = scopes.find((scope) => !token.scopes.includes(scope));
  if (more === undefined) return;
  throw new AdminRefusal('INSUFFICIENT_SCOPE', `The token that makes the key lacks the scope ${more}.`, {
    requiredScope: more,
  });
}

/** A key outlives the token that makes it: a thief of the token must not get one. @spec RFC 9470 §3 */
function demandRecentSignIn({ token }: Actor, context: Pick<Context, 'clock'>): void {
  const { grant } = token;
  if (grant?.authTime !== undefined && isRecent({ authTime: grant.authTime }, context)) return;
  const description = 'Sign in again: an API key is made within ten minutes after a sign-in.';
  throw new OAuthError('insufficient_user_authentication', description, {
    headers: {
      'WWW-Authenticate': challengeFor(token, {
        error: 'insufficient_user_authentication',
        error_description: description,
        max_age: RECENT_SECONDS,
      }),
    },
  });
}

function by({ user, token, origin }: Actor): KeyActor {
  return {
    actor: { type: 'user', id: user.id, name: user.username },
    origin,
    ...(token.grant && { through: { grant: token.grant.id } }),
  };
}
