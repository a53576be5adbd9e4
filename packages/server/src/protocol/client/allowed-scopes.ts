import { type Client, isStranger } from '../../model/client.js';
import type { ResourceRegistry } from '../../model/resource.js';
import type { Scope } from '../../model/scope.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { mayUse } from '../resource/may-use.js';
import { IDENTITY_SCOPES, STRANGER_SCOPES } from './identity-scopes.js';

/**
 * What a client asked for, checked: every scope must exist, be active, and be one that this client may ask for.
 * Nothing asked means the default scopes that it may ask for. A client whose policy says so gets of its wishes what it may have, and the
 * answer says how much that is. @spec RFC 6749 §3.3
 */
export async function checkScopes(
  requested: readonly string[] | undefined,
  client: Client,
  context: Pick<Context, 'directory'>,
): Promise<readonly string[]> {
  const [known, registry] = await Promise.all([context.directory.scopes(), context.directory.resources()]);
  if (requested === undefined || requested.length === 0) {
    return [...known.values()]
      .filter((scope) => scope.isActive && scope.isDefault && mayAsk(client, scope, registry))
      .map((scope) => scope.name);
  }
  if (takesWhatItGets(client)) {
    const allowed = requested.filter((name) => {
      const scope = known.get(name);
      return scope?.isActive === true && mayAsk(client, scope, registry);
    });
    if (allowed.length > 0) return allowed;
  }
  for (const name of requested) {
    const scope = known.get(name);
    if (!scope?.isActive)
      throw new OAuthError('invalid_scope', `The scope ${name} does not exist.`, { reason: 'scope_unknown' });
    if (!mayAsk(client, scope, registry))
      throw new OAuthError('invalid_scope', `This client may not ask for the scope ${name}.`, {
        reason: 'scope_not_allowed',
      });
  }
  return requested;
}

/** Clients that nobody made ask for whatever a document lists: one scope too many must not end their login. */
export function takesWhatItGets(client: Client): boolean {
  return client.scopePolicy === 'allowed' || isStranger(client);
}

/**
 * The scopes of a resource are for whoever may use that. Of the others, our own client may ask for anything; what the person may hold is
 * decided apart. A client to which no scopes were assigned may ask for the default scopes and for those that speak of the person; one that
 * made itself, for those of a stranger.
 */
export function mayAsk(client: Client, scope: Scope, registry: Pick<ResourceRegistry, 'withScope'>): boolean {
  const owners = registry.withScope(scope.name);
  if (owners.length > 0) return owners.some((resource) => mayUse(client, resource));
  if (isStranger(client)) return STRANGER_SCOPES.has(scope.name);
  if (client.isSystem || client.scopes.includes(scope.name)) return true;
  return client.scopes.length === 0 && isForEveryone(scope);
}

/** What a client may have to which nothing was assigned. All others are known to those alone to whom they were assigned. */
export function isForEveryone(scope: Scope): boolean {
  return scope.isDefault || IDENTITY_SCOPES.has(scope.name);
}
