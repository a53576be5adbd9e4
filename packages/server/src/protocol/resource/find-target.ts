import { isWebResource } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Resource } from '../../model/resource.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { mayUse } from './may-use.js';
import { isOwnAudience, ownAudience } from './own-audience.js';

/** What one access token is for. @spec RFC 8707 §2 */
export interface Target {
  /** Its `aud`: the resource as it was registered. */
  readonly audience: string;
  /** Absent for this server itself, and for what is not registered where that will do. */
  readonly resource?: Resource;
}

/** The target that a client names, in whatever spelling; refuses what it may not have. @spec RFC 8707 §2 */
// @check 63
export async function findTarget(
  identifier: string,
  client: Client,
  context: Pick<Context, 'directory' | 'settings'>,
): Promise<Target> {
  if (isOwnAudience(identifier, context)) return { audience: ownAudience(context) };
  const resource = (await context.directory.resources()).find(identifier);
  if (resource !== undefined) {
    if (mayUse(client, resource)) return { audience: resource.identifier, resource };
    throw invalidTarget('This client may not ask for tokens for this resource.', 'resource_not_allowed');
  }
  if (context.settings['resources.policy'] === 'any' && isWebResource(identifier)) return { audience: identifier };
  throw invalidTarget(
    'This resource is not registered here. An administrator registers it with: authly admin resource create.',
    'resource_unknown',
  );
}

/**
 * The one target of an access token that a grant gives: the one that is named now, which must be of the grant; without a name, the one
 * that was granted. UserInfo comes with openid. @spec RFC 8707 §2.2
 */
// @check 147, 158
export async function targetOf(
  grant: { readonly resources: readonly string[]; readonly scopes: readonly string[] },
  wanted: readonly string[],
  { client }: { readonly client: Client },
  context: Pick<Context, 'directory' | 'settings'>,
): Promise<Target> {
  if (wanted.length > 1)
    throw invalidTarget('An access token is for one resource: name one, and ask once for each.', 'resource_several');
  const [named] = wanted;
  if (named === undefined) {
    const [only, another] = grant.resources;
    if (another !== undefined)
      throw invalidTarget('Several resources were granted: name the one that the token is for.', 'resource_several');
    return only === undefined ? { audience: ownAudience(context) } : findTarget(only, client, context);
  }
  const target = await findTarget(named, client, context);
  const isGranted =
    target.audience === ownAudience(context)
      ? grant.resources.length === 0 || grant.scopes.includes('openid')
      : grant.resources.includes(target.audience);
  if (isGranted || grant.resources.includes(target.audience)) return target;
  throw invalidTarget('resource was not part of what was granted.', 'resource_not_allowed');
}

export function invalidTarget(
  description: string,
  reason: 'resource_unknown' | 'resource_not_allowed' | 'resource_several',
): OAuthError {
  return new OAuthError('invalid_target', description, { reason });
}
