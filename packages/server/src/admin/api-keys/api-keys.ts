import type { Received } from '@authly/admin-api';
import {
  API_KEYS_PER_OWNER,
  type ApiKeyOwner,
  type ApiKeyProblem,
  grantableToKeys,
} from '../../identity/api-key-rules.js';
import { createApiKey, type KeyActor, type MadeApiKey, revokeApiKey, rotateApiKey } from '../../identity/api-keys.js';
import type { ApiKey } from '../../model/people/api-key.js';
import type { Context } from '../../ports/context.js';
import type { Actor } from '../actor.js';
import { AdminRefusal, invalid } from '../refusal.js';
import { checkNoMorePower, ownerOf, wantedOwner } from './key-owner.js';

type Needs = Pick<Context, 'store' | 'clock' | 'random' | 'hashing' | 'directory' | 'limiter'>;

export interface IssuedApiKey {
  readonly key: ApiKey;
  readonly secret: string;
  readonly ownerName: string;
  /** When the key ends that this one replaces. */
  readonly previousExpiresAt?: Date;
}

/** Makes a key for the one that the body names, or for the caller. */
export async function issueApiKey(
  body: Received<'createApiKey'>['body'],
  actor: Actor,
  context: Needs,
): Promise<IssuedApiKey> {
  checkNoMorePower(body.scopes, actor);
  const owner = await wantedOwner(body, actor, context);
  const wanted = { owner, name: body.name, scopes: body.scopes, expiresAt: keyExpiry(body, context) };
  return keyMade(await createApiKey(wanted, toKeyActor(actor), context), { owner, scopes: body.scopes, context });
}

/** Replaces a key; the old one may work on for a while. */
export async function replaceApiKey(
  request: { readonly id: string; readonly body: Received<'rotateApiKey'>['body'] },
  actor: Actor,
  context: Needs,
): Promise<IssuedApiKey> {
  const key = await findApiKey(request.id, context);
  checkNoMorePower(key.scopes, actor);
  const owner = await ownerOf(key, context);
  const { overlap_seconds: overlapSeconds } = request.body;
  const wanted = { owner, key, overlapSeconds, expiresAt: keyExpiry(request.body, context) };
  const result = await rotateApiKey(wanted, toKeyActor(actor), context);
  const issued = await keyMade(result, { owner, scopes: key.scopes, context });
  return overlapSeconds > 0 ? issued : { ...issued, previousExpiresAt: undefined };
}

/** Ends a key at once. Ending one that has ended changes nothing and says so. */
export async function endApiKey(
  id: string,
  actor: Actor,
  context: Pick<Context, 'store' | 'clock'>,
): Promise<{ readonly key: ApiKey; readonly wasAlive: boolean }> {
  const key = await findApiKey(id, context);
  return { key, wasAlive: await revokeApiKey(key, toKeyActor(actor), context) };
}

export async function findApiKey(id: string, context: Pick<Context, 'store'>): Promise<ApiKey> {
  const key = await context.store.apiKeys.find(id);
  if (!key) throw new AdminRefusal('API_KEY_NOT_FOUND', 'API key not found');
  return key;
}

function toKeyActor({ user, origin }: Actor): KeyActor {
  return { actor: { type: 'user', id: user.id, name: user.username }, origin };
}

/** When a key ends, if ever, as bodies say it. */
export function keyExpiry(
  body: { readonly expires_in?: number; readonly expires_at?: string },
  { clock }: Pick<Context, 'clock'>,
): Date | undefined {
  if (body.expires_at !== undefined) return new Date(body.expires_at);
  return body.expires_in === undefined ? undefined : new Date(clock.now().getTime() + body.expires_in * 1000);
}

/** The key that was made, or why there is none. */
export async function keyMade(
  result: MadeApiKey,
  wanted: {
    readonly owner: ApiKeyOwner;
    readonly scopes: readonly string[];
    readonly context: Pick<Context, 'directory'>;
  },
): Promise<IssuedApiKey> {
  const { owner } = wanted;
  if (result.kind === 'made')
    return { ...result, ownerName: 'user' in owner ? owner.user.username : owner.client.name };
  if (result.kind === 'not-alive') throw new AdminRefusal('PROTECTED', 'The API key has expired or was revoked');
  throw await refusalOf(result.problem, wanted);
}

async function refusalOf(
  problem: ApiKeyProblem,
  {
    owner,
    scopes,
    context,
  }: {
    readonly owner: ApiKeyOwner;
    readonly scopes: readonly string[];
    readonly context: Pick<Context, 'directory'>;
  },
): Promise<AdminRefusal> {
  switch (problem) {
    case 'missing_name':
      return invalid([{ field: 'name', message: 'name must not be empty' }]);
    case 'name_too_long':
      return invalid([{ field: 'name', message: 'name must be at most 255 characters long' }]);
    case 'missing_scope':
      return invalid([{ field: 'scope', message: 'An API key needs at least one scope' }]);
    case 'bad_scope': {
      const grantable = new Set(await grantableToKeys(owner, context));
      const refused = scopes.filter((scope) => !grantable.has(scope));
      return invalid([{ field: 'scope', message: `Invalid scopes for this owner: ${refused.join(', ')}` }]);
    }
    case 'bad_expiry':
      return invalid([{ field: 'expires_at', message: 'The expiry must be in the future, at most 5 years from now' }]);
    case 'bad_overlap':
      return invalid([{ field: 'overlap_seconds', message: 'overlap_seconds must be at most 30 days' }]);
    case 'too_many':
      return new AdminRefusal('PROTECTED', `This owner has ${API_KEYS_PER_OWNER} API keys; revoke one first`);
    case 'too_fast':
      return new AdminRefusal('RATE_LIMITED', 'Too many API keys in an hour. Wait, then try again.', {
        headers: { 'Retry-After': '3600' },
      });
  }
}
