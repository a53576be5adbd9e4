import type { Received } from '@authly/admin-api';
import type { UserId } from '@authly/oauth';
import type { ApiKeyOwner } from '../../identity/api-key-rules.js';
import type { ApiKey } from '../../model/people/api-key.js';
import type { Context } from '../../ports/context.js';
import { scopeChallenge } from '../../protocol/bearer.js';
import type { Actor } from '../actor.js';
import { findClient } from '../clients/find-client.js';
import { AdminRefusal } from '../refusal.js';
import { findUser, userNotFound } from '../users/find-user.js';

/** Whose a new key shall be: the one that the body names, else the caller's. */
export async function wantedOwner(
  body: Pick<Received<'createApiKey'>['body'], 'user_id' | 'username' | 'client_id'>,
  actor: Actor,
  context: Pick<Context, 'store'>,
): Promise<ApiKeyOwner> {
  if (body.client_id !== undefined) return { client: await findClient(body.client_id, context) };
  if (body.user_id !== undefined) return { user: await findUser(body.user_id, context) };
  if (body.username !== undefined) return { user: await userByName(body.username, context) };
  return { user: actor.user };
}

/** Whose an existing key is. */
export async function ownerOf(key: ApiKey, context: Pick<Context, 'store'>): Promise<ApiKeyOwner> {
  if (key.clientId !== undefined) return { client: await findClient(key.clientId, context) };
  return { user: await findUser(key.userId ?? '', context) };
}

/** The id of a person who is named. */
export async function userIdByName(username: string, context: Pick<Context, 'store'>): Promise<UserId> {
  return (await userByName(username, context)).id;
}

async function userByName(username: string, context: Pick<Context, 'store'>) {
  const found = await context.store.users.findForSignIn(username);
  if (!found || found.user.username.toLowerCase() !== username.toLowerCase()) throw userNotFound();
  return found.user;
}

/** A token cannot make a key that may administrate more than the token itself. */
export function checkNoMorePower(scopes: readonly string[], actor: Actor): void {
  const beyond = scopes.find((scope) => /^admin(?::|$)/.test(scope) && !actor.token.scopes.includes(scope));
  if (beyond === undefined) return;
  throw new AdminRefusal('INSUFFICIENT_SCOPE', `Missing required admin scope: ${beyond}`, {
    requiredScope: beyond,
    headers: scopeChallenge(actor.token, beyond),
  });
}
