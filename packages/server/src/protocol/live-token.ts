import { isApiKey, type ClientId } from '@authly/oauth';
import { type ApiKey, isApiKeyLive } from '../model/api-key.js';
import type { Grant } from '../model/grant.js';
import type { User } from '../model/user.js';
import type { Context } from '../ports/context.js';
import { isEntitled } from './entitlement.js';

/** A token that is accepted at this moment, with what it stands for. */
export interface LiveToken {
  readonly kind: 'access_token' | 'api_key';
  readonly scopes: readonly string[];
  readonly clientId?: ClientId;
  readonly user?: User;
  readonly grant?: Grant;
  readonly apiKey?: ApiKey;
  /** The claims of the access token as it was signed. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly jti: string;
  readonly issuedAt: Date;
  readonly expiresAt?: Date;
}

type Needs = Pick<Context, 'store' | 'clock' | 'hashing' | 'directory'>;

/**
 * Finds what a bearer token stands for; `undefined` when it is not alive for whatever reason. The stored hash of the whole
 * token is compared, which a forged or edited token can't meet, so no signature has to be checked here.
 */
// @check 212, 214, 217
export async function findLiveToken(
  token: string,
  context: Needs,
  from?: { readonly ip?: string },
): Promise<LiveToken | undefined> {
  if (isApiKey(token)) return liveApiKey(token, context, from?.ip);
  const claims = readClaims(token);
  if (!claims) return undefined;
  const { jti, exp } = claims;
  if (
    typeof jti !== 'string' ||
    jti.length > 64 ||
    typeof exp !== 'number' ||
    !Number.isSafeInteger(exp) ||
    Math.abs(exp) > 1e11
  )
    return undefined;
  const found = await context.store.accessTokens.find(jti, new Date(exp * 1000));
  if (!found || !context.hashing.equal(found.token.hash, context.hashing.tokenHash(token))) return undefined;
  const { grant, user } = found;
  const now = context.clock.now();
  if (found.token.revokedAt !== undefined || found.token.expiresAt <= now) return undefined;
  if (found.token.grantId !== undefined && (!grant || grant.revokedAt !== undefined)) return undefined;
  if (found.token.userId !== undefined && !user?.isActive) return undefined;
  const client = await context.directory.client(found.token.clientId);
  if (!client?.isActive) return undefined;
  const { clientId, issuedAt, expiresAt } = found.token;
  const scopes = held(found.token.scopes, user);
  return { kind: 'access_token', scopes, clientId, user, grant, claims, jti, issuedAt, expiresAt };
}

async function liveApiKey(secret: string, context: Needs, ip: string | undefined): Promise<LiveToken | undefined> {
  const found = await context.store.apiKeys.findByHash(context.hashing.tokenHash(secret));
  const now = context.clock.now();
  if (!found || !isApiKeyLive(found.key, now)) return undefined;
  const { key, user, client } = found;
  if (key.userId !== undefined && !user?.isActive) return undefined;
  if (key.clientId !== undefined && !client?.isActive) return undefined;
  await context.store.apiKeys.used(key.id, now, ip);
  return {
    kind: 'api_key',
    scopes: held(key.scopes, user),
    clientId: key.clientId,
    user,
    apiKey: key,
    jti: key.id,
    issuedAt: key.createdAt,
    expiresAt: key.expiresAt,
  };
}

/** Scopes that the person may still hold: an administrator who is none any more loses them at once. */
function held(scopes: readonly string[], user: User | undefined): readonly string[] {
  return user ? scopes.filter((scope) => isEntitled(scope, user)) : scopes;
}

function readClaims(token: string): Record<string, unknown> | undefined {
  if (token.length > 16_384) return undefined;
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
