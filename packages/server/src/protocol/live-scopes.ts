import type { Client } from '../model/client.js';
import type { ResourceRegistry } from '../model/resource.js';
import type { Scope } from '../model/scope.js';
import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import { mayAsk } from './client/allowed-scopes.js';
import { isEntitled } from './entitlement.js';

/** Who uses a right: the client that it was given to, and the person who stands behind it. */
export interface RightHolder {
  /** Absent for the API key of a person. */
  readonly client?: Client;
  /** Absent for a machine. */
  readonly user?: Pick<User, 'isAdmin'>;
}

/**
 * What of the scopes that were given still holds. A scope that was switched off or removed, that the client may not ask for any
 * more, or that this person may no longer hold, counts for nothing, whenever it was given. Every use of a right asks here:
 * tokens, codes, refreshes, API keys.
 */
// @check 163
export async function liveScopes(
  given: readonly string[],
  holder: RightHolder,
  context: Pick<Context, 'directory'>,
): Promise<readonly string[]> {
  const [known, registry] = await Promise.all([context.directory.scopes(), context.directory.resources()]);
  return given.filter((name) => holds(known.get(name), holder, registry));
}

function holds(scope: Scope | undefined, { client, user }: RightHolder, registry: ResourceRegistry): boolean {
  if (!scope?.isActive) return false;
  if (client !== undefined && !mayAsk(client, scope, registry)) return false;
  return user === undefined || isEntitled(scope.name, user);
}

/** While a person must change their password nothing else of theirs works, where an operator wants it so. */
export function awaitsPasswordChange(
  user: Pick<User, 'requiresPasswordChange'> | undefined,
  context: Pick<Context, 'settings'>,
): boolean {
  return user?.requiresPasswordChange === true && context.settings['password_change.enforced'];
}
