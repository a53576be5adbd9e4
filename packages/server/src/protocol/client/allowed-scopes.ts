import type { Client } from '../../model/client.js';
import type { Scope } from '../../model/scope.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';

/** The scopes that speak of a person. */
export const IDENTITY_SCOPES: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
]);

/**
 * What a client asked for, checked: every scope must exist, be active, and be one that this client may ask for.
 * Nothing asked means the default scopes that it may ask for. @spec RFC 6749 §3.3
 */
export async function checkScopes(
  requested: readonly string[] | undefined,
  client: Client,
  context: Pick<Context, 'directory'>,
): Promise<readonly string[]> {
  const known = await context.directory.scopes();
  if (requested === undefined || requested.length === 0) {
    return [...known.values()]
      .filter((scope) => scope.isActive && scope.isDefault && mayAsk(client, scope))
      .map((scope) => scope.name);
  }
  for (const name of requested) {
    const scope = known.get(name);
    if (!scope?.isActive) throw new OAuthError('invalid_scope', `The scope ${name} does not exist.`);
    if (!mayAsk(client, scope)) throw new OAuthError('invalid_scope', `This client may not ask for the scope ${name}.`);
  }
  return requested;
}

/** Our own client may ask for anything; what the person may hold is decided apart. A client to which no scopes were assigned may ask for the default scopes and for those that speak of the person. */
function mayAsk(client: Client, scope: Scope): boolean {
  if (client.isSystem || client.scopes.includes(scope.name)) return true;
  return client.scopes.length === 0 && (scope.isDefault || IDENTITY_SCOPES.has(scope.name));
}
