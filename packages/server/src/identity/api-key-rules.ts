import type { ClientId, UserId } from '@authly/oauth';
import type { Client } from '../model/client.js';
import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import { isEntitled } from '../protocol/entitlement.js';

/** Whose key it is: a person's or a client's. */
export type ApiKeyOwner = { readonly user: User } | { readonly client: Client };

export type ApiKeyProblem =
  | 'missing_name'
  | 'name_too_long'
  | 'missing_scope'
  | 'bad_scope'
  | 'bad_expiry'
  | 'bad_overlap'
  | 'too_many'
  | 'too_fast';

export const API_KEY_NAME_LIMIT = 255;
export const API_KEYS_PER_OWNER = 50;
/** Seconds. */
export const API_KEY_LONGEST_LIFE = 157_680_000;
/** Seconds. */
export const API_KEY_LONGEST_OVERLAP = 2_592_000;
const MADE_PER_HOUR = 100;

/** The scopes that a key of this owner may have. */
export async function grantableToKeys(
  owner: ApiKeyOwner,
  context: Pick<Context, 'directory'>,
): Promise<readonly string[]> {
  const known = [...(await context.directory.scopes()).values()];
  return known.filter((scope) => scope.isActive && mayHold(scope.name, owner)).map((scope) => scope.name);
}

/** A key needs no offline_access: it does not end with a browser's session. */
function mayHold(scope: string, owner: ApiKeyOwner): boolean {
  if (scope === 'offline_access') return false;
  return 'user' in owner ? isEntitled(scope, owner.user) : owner.client.isSystem || owner.client.scopes.includes(scope);
}

/** A name as it is stored: one line without control characters, since it ends up in logs and terminals. */
export function plainName(typed: string): string {
  return typed.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
}

export function nameProblem(name: string): ApiKeyProblem | undefined {
  if (name === '') return 'missing_name';
  return name.length > API_KEY_NAME_LIMIT ? 'name_too_long' : undefined;
}

export async function scopeProblem(
  scopes: readonly string[],
  owner: ApiKeyOwner,
  context: Pick<Context, 'directory'>,
): Promise<ApiKeyProblem | undefined> {
  if (scopes.length === 0) return 'missing_scope';
  const grantable = new Set(await grantableToKeys(owner, context));
  return scopes.every((scope) => grantable.has(scope)) ? undefined : 'bad_scope';
}

export function expiryProblem(
  expiresAt: Date | undefined,
  { clock }: Pick<Context, 'clock'>,
): ApiKeyProblem | undefined {
  if (expiresAt === undefined) return undefined;
  const seconds = (expiresAt.getTime() - clock.now().getTime()) / 1000;
  return seconds > 0 && seconds <= API_KEY_LONGEST_LIFE ? undefined : 'bad_expiry';
}

export function overlapProblem(seconds: number): ApiKeyProblem | undefined {
  return seconds >= 0 && seconds <= API_KEY_LONGEST_OVERLAP ? undefined : 'bad_overlap';
}

/** Counting and adding are two steps; how far parallel requests can get past the count is bounded by their own limit. */
export async function roomProblem(
  owner: ApiKeyOwner,
  context: Pick<Context, 'store' | 'clock' | 'limiter'>,
  { replaces } = { replaces: false },
): Promise<ApiKeyProblem | undefined> {
  const id = ownerId(owner);
  const limit = await context.limiter.consume({
    key: `api-keys:${'userId' in id ? id.userId : id.clientId}`,
    points: MADE_PER_HOUR,
    windowSeconds: 3600,
  });
  if (!limit.allowed) return 'too_fast';
  const page = { owner: id, limit: 1, offset: 0, includeInactive: false, now: context.clock.now() };
  const { total } = await context.store.apiKeys.list(page);
  return total < API_KEYS_PER_OWNER || replaces ? undefined : 'too_many';
}

/** The owner as a key names it. */
export function ownerId(owner: ApiKeyOwner): { readonly userId: UserId } | { readonly clientId: ClientId } {
  return 'user' in owner ? { userId: owner.user.id } : { clientId: owner.client.clientId };
}
