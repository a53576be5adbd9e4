import type { Client } from '../../model/client.js';
import type { ResourceRegistry } from '../../model/resource.js';
import type { Context } from '../../ports/context.js';
import { checkScopes, takesWhatItGets } from '../client/allowed-scopes.js';
import { OAuthError } from '../error.js';
import { findTarget, invalidTarget, type Target } from './find-target.js';
import { mayUse } from './may-use.js';

/** What a request names: scopes, where it names any, and resources. */
export interface Wish {
  readonly scopes: readonly string[] | undefined;
  readonly resources: readonly string[];
  /** The scopes meant by no scope and no registered resource; the default ones of this server where nothing is said. */
  readonly otherwise?: readonly string[];
}

/** What was allowed of a wish; the resources as they are registered. */
export interface Allowed {
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
}

/**
 * Checks what is asked for, scopes and resources together. A resource without a scope means its default ones. A scope that one resource
 * has, asked for without that, means it. @spec RFC 8707 §2, RFC 6749 §3.3
 */
// @check 63
export async function checkWish(
  wish: Wish,
  client: Client,
  context: Pick<Context, 'directory' | 'settings'>,
): Promise<Allowed> {
  const targets = await Promise.all(wish.resources.map((named) => findTarget(named, client, context)));
  const registry = await context.directory.resources();
  const asked =
    wish.scopes !== undefined && wish.scopes.length > 0 ? wish.scopes : (defaultsOf(targets) ?? wish.otherwise);
  const scopes = asked?.length === 0 ? [] : await checkScopes(asked, client, context);
  const fitting = fittingScopes(scopes, targets, { client, registry });
  const implied = targets.length > 0 ? [] : impliedBy(fitting, { client, registry });
  return {
    scopes: fitting,
    resources: [...new Set([...targets.map(({ audience }) => audience), ...implied])],
  };
}

/** `undefined`: what the server gives where no registered resource is named. Never all that a resource has, and nothing of the person. */
function defaultsOf(targets: readonly Target[]): readonly string[] | undefined {
  const named = targets.map(({ resource }) => resource).filter((resource) => resource !== undefined);
  return named.length > 0 ? [...new Set(named.flatMap((resource) => resource.defaultScopes))] : undefined;
}

interface Asking {
  readonly client: Client;
  readonly registry: ResourceRegistry;
}

/** Scopes of resources that are not named make no sense beside those that are. */
function fittingScopes(
  scopes: readonly string[],
  targets: readonly Target[],
  { client, registry }: Asking,
): readonly string[] {
  if (targets.length === 0) return scopes;
  const fits = (scope: string): boolean =>
    registry.withScope(scope).length === 0 || targets.some(({ resource }) => resource?.scopes.includes(scope) === true);
  const fitting = scopes.filter(fits);
  const stranded = scopes.find((scope) => !fits(scope));
  if (stranded === undefined || (takesWhatItGets(client) && fitting.length > 0)) return fitting;
  throw new OAuthError('invalid_scope', `The scope ${stranded} belongs to a resource that was not named.`, {
    reason: 'scope_not_allowed',
  });
}

/** The resources that scopes mean which one resource has; two that fit cannot be told apart. */
function impliedBy(scopes: readonly string[], { client, registry }: Asking): readonly string[] {
  const identifiers = scopes.flatMap((scope) => {
    const owners = registry.withScope(scope).filter((resource) => mayUse(client, resource));
    if (owners.length > 1)
      throw invalidTarget(`Several resources have the scope ${scope}: name one as resource.`, 'resource_several');
    return owners.map((resource) => resource.identifier);
  });
  return [...new Set(identifiers)];
}
