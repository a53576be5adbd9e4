import type { Received } from '@authly/admin-api';
import type { Scope } from '../../model/scope.js';
import type { Context } from '../../ports/context.js';
import type { ScopeStore } from '../../ports/store/registrations/registrations.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal, invalid, refuseStale } from '../refusal.js';

type Needs = Pick<Context, 'store' | 'clock' | 'random'>;

/** A scope by its name, active or not. */
export async function findScope(
  name: string,
  { store }: { readonly store: { readonly scopes: Pick<ScopeStore, 'all'> } },
): Promise<Scope> {
  const scope = (await store.scopes.all()).find((one) => one.name === name);
  if (!scope) throw scopeNotFound(name);
  return scope;
}

/** Defines a scope. */
export async function createScope(body: Received<'createScope'>['body'], actor: Actor, context: Needs): Promise<Scope> {
  const { scope_name: name, description, is_default: isDefault, is_active: isActive } = body;
  const created = {
    id: context.random.uuid(),
    name,
    description,
    isDefault,
    isActive,
    isSystem: false,
    createdAt: context.clock.now(),
  };
  return await context.store.transaction(async (tx) => {
    if (!(await tx.scopes.add(created))) throw new AdminRefusal('ALREADY_EXISTS', `Scope '${name}' already exists`);
    recordChange(
      actor,
      { action: 'scope.created', target: { type: 'scope', id: name }, details: { is_default: isDefault } },
      tx,
    );
    return await findScope(name, { store: tx });
  });
}

/** Changes what is said about a scope; its name is what tokens hold and stays. */
export async function changeScope(
  request: {
    readonly name: string;
    readonly body: Received<'updateScope'>['body'];
    readonly ifVersion: number | undefined;
  },
  actor: Actor,
  context: Needs,
): Promise<Scope> {
  const { name, ifVersion } = request;
  const { scope_name: newName, description, is_default: isDefault, is_active: isActive } = request.body;
  const before = await findScope(name, context);
  if (newName !== undefined && newName !== name)
    throw invalid([{ field: 'scope_name', message: 'The name of a scope cannot be changed' }]);
  const change = { description, isDefault, isActive };
  const fields = Object.entries({ description, is_default: isDefault, is_active: isActive })
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field);
  if (fields.length === 0) throw new AdminRefusal('INVALID_REQUEST', 'No valid fields to update');
  if (before.isSystem && isActive === false)
    throw new AdminRefusal('PROTECTED', `The server itself needs the scope '${name}'; it cannot be deactivated`);
  return await context.store.transaction(async (tx) => {
    const after = await tx.scopes.change(name, change, { now: context.clock.now(), ifVersion });
    if (after === 'unknown') throw scopeNotFound(name);
    if (after === 'stale') throw refuseStale('scope');
    recordChange(actor, { action: 'scope.changed', target: { type: 'scope', id: name }, details: { fields } }, tx);
    return after;
  });
}

/** Removes a scope, also from the clients that it was assigned to. */
export async function removeScope(
  request: { readonly name: string; readonly ifVersion: number | undefined },
  actor: Actor,
  context: Needs,
): Promise<void> {
  const { name, ifVersion } = request;
  const removal = await context.store.transaction(async (tx) => {
    const outcome = await tx.admin.scopes.remove(name, { now: context.clock.now(), ifVersion });
    if (outcome === 'removed')
      recordChange(actor, { action: 'scope.deleted', target: { type: 'scope', id: name } }, tx);
    return outcome;
  });
  switch (removal) {
    case 'unknown':
      throw scopeNotFound(name);
    case 'stale':
      throw refuseStale('scope');
    case 'protected':
      throw new AdminRefusal('PROTECTED', `The server itself needs the scope '${name}'; it cannot be deleted`);
    case 'removed':
      return;
  }
}

function scopeNotFound(name: string): AdminRefusal {
  return new AdminRefusal('SCOPE_NOT_FOUND', `Scope not found: '${name.slice(0, 255)}' does not exist or was deleted.`);
}
