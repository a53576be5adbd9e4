import type { Resource } from '../../model/resource.js';
import { IDENTITY_SCOPES } from '../../protocol/client/identity-scopes.js';
import { isEntitled } from '../../protocol/entitlement.js';
import { invalid } from '../refusal.js';

const NOBODY = { isAdmin: false };

/** What speaks of a person or administers this server belongs to no other API; what only administrators may hold is not for strangers. */
export function checkResourceScopes({ scopes, isOpen }: Pick<Resource, 'scopes' | 'isOpen'>): void {
  const own = scopes.find((scope) => IDENTITY_SCOPES.has(scope) || scope === 'admin' || scope.startsWith('admin:'));
  if (own !== undefined)
    throw invalid([
      { field: 'scopes', message: `The scope ${own} is the server's own and cannot belong to a resource` },
    ]);
  const privileged = isOpen ? scopes.find((scope) => !isEntitled(scope, NOBODY)) : undefined;
  if (privileged === undefined) return;
  throw invalid([
    { field: 'scopes', message: `The scope ${privileged} is for administrators; its resource cannot be open` },
  ]);
}
