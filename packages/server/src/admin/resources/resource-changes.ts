import type { Received } from '@authly/admin-api';
import type { Resource } from '../../model/resource.js';
import type { Context } from '../../ports/context.js';
import type { ResourceStore } from '../../ports/store/registrations/resources.js';
import type { Transaction } from '../../ports/store/transaction.js';
import { isOwnAudience } from '../../protocol/resource/own-audience.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal, invalid, refuseStale } from '../refusal.js';
import { checkResourceScopes } from './resource-scopes.js';

type Needs = Pick<Context, 'store' | 'clock' | 'random' | 'settings'>;

/** A resource by its id or its identifier, active or not. */
export async function findResource(
  id: string,
  { store }: { readonly store: { readonly resources: Pick<ResourceStore, 'find'> } },
): Promise<Resource> {
  const resource = await store.resources.find(id);
  if (!resource) throw resourceNotFound(id);
  return resource;
}

/** Registers a resource; scopes that nobody has defined are defined with it, so that one command is enough. */
export async function createResource(
  body: Received<'createResource'>['body'],
  actor: Actor,
  context: Needs,
): Promise<Resource> {
  const { identifier, name, clients, open: isOpen, token_lifetime: tokenLifetime } = body;
  if (isOwnAudience(identifier, context))
    throw invalid([{ field: 'identifier', message: 'This is the address of the server itself, which needs no entry' }]);
  const defaultScopes = [...new Set(body.default_scopes)];
  const scopes = [...new Set([...body.scopes, ...defaultScopes])];
  checkResourceScopes({ scopes, isOpen });
  const created = {
    id: context.random.uuid(),
    identifier,
    name,
    scopes,
    defaultScopes,
    isOpen,
    clients: [...new Set(clients)],
    ...(tokenLifetime !== undefined && { tokenLifetime }),
    isActive: true,
    createdAt: context.clock.now(),
  };
  return await context.store.transaction(async (tx) => {
    if (!(await tx.resources.add(created)))
      throw new AdminRefusal('ALREADY_EXISTS', `Resource '${identifier}' already exists, perhaps in another spelling`);
    await defineScopes(scopes, actor, { tx, context });
    recordChange(
      actor,
      {
        action: 'resource.created',
        target: { type: 'resource', id: created.id },
        details: { identifier, scopes, open: isOpen },
      },
      tx,
    );
    return await findResource(created.id, { store: tx });
  });
}

/** Changes the given fields of a resource; its identifier is what tokens hold and stays. */
export async function changeResource(
  request: {
    readonly id: string;
    readonly body: Received<'updateResource'>['body'];
    readonly ifVersion: number | undefined;
  },
  actor: Actor,
  context: Needs,
): Promise<Resource> {
  const { body, ifVersion } = request;
  const fields = Object.entries(body).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  if (fields.length === 0) throw new AdminRefusal('INVALID_REQUEST', 'No valid fields to update');
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await findResource(request.id, context);
    if (ifVersion !== undefined && ifVersion !== before.version) throw refuseStale('resource');
    const change = changeOf(before, body);
    checkResourceScopes({ ...before, ...change });
    const clear = body.token_lifetime === null ? (['tokenLifetime'] as const) : [];
    const after = await context.store.transaction(async (tx) => {
      const options = { now: context.clock.now(), ifVersion: before.version, clear };
      const changed = await tx.resources.change(before.id, change, options);
      if (typeof changed === 'string') return changed;
      await defineScopes(changed.scopes, actor, { tx, context });
      const target = { type: 'resource', id: before.id };
      recordChange(actor, { action: 'resource.changed', target, details: { fields, version: changed.version } }, tx);
      return changed;
    });
    if (after === 'unknown') throw resourceNotFound(request.id);
    if (after !== 'stale') return after;
  }
  throw refuseStale('resource');
}

const ATTEMPTS = 5;

function changeOf(before: Resource, body: Received<'updateResource'>['body']) {
  const wanted = body.scopes ?? before.scopes;
  const defaultScopes = body.default_scopes ?? before.defaultScopes.filter((scope) => wanted.includes(scope));
  return {
    name: body.name,
    scopes: [...new Set([...wanted, ...defaultScopes])],
    defaultScopes: [...new Set(defaultScopes)],
    isOpen: body.open ?? before.isOpen,
    clients: body.clients,
    tokenLifetime: body.token_lifetime ?? undefined,
    isActive: body.is_active,
  };
}

/** Removes a resource. Logins that were for others as well go on for those. */
export async function removeResource(
  request: { readonly id: string; readonly ifVersion: number | undefined },
  actor: Actor,
  context: Needs,
): Promise<Resource> {
  const before = await findResource(request.id, context);
  const removal = await context.store.transaction(async (tx) => {
    const outcome = await tx.resources.remove(before.id, { ifVersion: request.ifVersion });
    if (outcome === 'removed') {
      const target = { type: 'resource', id: before.id };
      recordChange(actor, { action: 'resource.deleted', target, details: { identifier: before.identifier } }, tx);
    }
    return outcome;
  });
  if (removal === 'unknown') throw resourceNotFound(request.id);
  if (removal === 'stale') throw refuseStale('resource');
  return before;
}

async function defineScopes(
  names: readonly string[],
  actor: Actor,
  { tx, context }: { readonly tx: Transaction; readonly context: Pick<Context, 'clock' | 'random'> },
): Promise<void> {
  const known = new Set((await tx.scopes.all()).map((scope) => scope.name));
  const missing = names.filter((name) => !known.has(name));
  if (missing.length === 0) return;
  const blank = { description: '', isDefault: false, isActive: true, isSystem: false, createdAt: context.clock.now() };
  await tx.scopes.addMissing(missing.map((name) => ({ ...blank, id: context.random.uuid(), name })));
  for (const name of missing)
    recordChange(actor, { action: 'scope.created', target: { type: 'scope', id: name }, details: {} }, tx);
}

function resourceNotFound(id: string): AdminRefusal {
  return new AdminRefusal(
    'RESOURCE_NOT_FOUND',
    `Resource not found: '${id.slice(0, 100)}' does not exist or was deleted.`,
  );
}
