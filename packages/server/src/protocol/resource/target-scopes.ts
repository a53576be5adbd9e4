import type { Context } from '../../ports/context.js';
import { IDENTITY_SCOPES } from '../client/identity-scopes.js';
import type { Target } from './find-target.js';

/**
 * What of the scopes of a grant stands in a token: in one for a registered resource, its own and those that speak of the person; in any
 * other, none that belongs to a registered resource.
 */
export async function scopesFor(
  { resource }: Target,
  scopes: readonly string[],
  context: Pick<Context, 'directory'>,
): Promise<readonly string[]> {
  if (resource !== undefined) {
    const own = new Set(resource.scopes);
    return scopes.filter((scope) => own.has(scope) || IDENTITY_SCOPES.has(scope));
  }
  const registry = await context.directory.resources();
  return scopes.filter((scope) => registry.withScope(scope).length === 0);
}
