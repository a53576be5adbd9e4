import { isApiKey, type ClientId } from '@authly/oauth';
import { type ApiKey, isApiKeyLive } from '../../model/people/api-key.js';
import type { Grant } from '../../model/tokens/grant.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { awaitsPasswordChange, liveScopes } from '../live-scopes.js';
import { numericDate } from '../numeric-date.js';
import { thumbprintIn } from '../proof/binding.js';

/** A token that is accepted at this moment, with what it stands for. */
export interface LiveToken {
  readonly kind: 'access_token' | 'api_key';
  readonly scopes: readonly string[];
  readonly clientId?: ClientId;
  /** One of our own clients was issued it: what no other application and no API key can show. */
  readonly isFirstParty: boolean;
  readonly user?: User;
  readonly grant?: Grant;
  readonly apiKey?: ApiKey;
  /** The claims of the access token as it was signed. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The thumbprint of the key that whoever sends it must prove. */
  readonly boundTo?: string;
  readonly jti: string;
  readonly issuedAt: Date;
  readonly expiresAt?: Date;
  /** Its person must choose a new password first: it is good for nothing else. */
  readonly awaitsPasswordChange: boolean;
}

type Needs = Pick<Context, 'store' | 'clock' | 'hashing' | 'directory' | 'signer' | 'settings'>;

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
  const { jti } = claims;
  const exp = numericDate(claims.exp);
  if (typeof jti !== 'string' || jti.length > 64 || exp === undefined) return undefined;
  const found = await context.store.accessTokens.find(jti, exp);
  if (!found || !context.hashing.equal(found.token.hash, context.hashing.tokenHash(token))) return undefined;
  // Whoever has the key of the signature could have made it; the hash says that we did, and still nobody should trust it.
  if (await context.signer.isWithdrawn(token)) return undefined;
  const { grant, user } = found;
  const now = context.clock.now();
  if (found.token.revokedAt !== undefined || found.token.expiresAt <= now) return undefined;
  if (found.token.grantId !== undefined && (!grant || grant.revokedAt !== undefined)) return undefined;
  if (found.token.userId !== undefined && !user?.isActive) return undefined;
  const client = await context.directory.client(found.token.clientId);
  if (!client?.isActive) return undefined;
  const { clientId, issuedAt, expiresAt } = found.token;
  const scopes = await liveScopes(found.token.scopes, { client, user }, context);
  return {
    kind: 'access_token',
    scopes,
    clientId,
    isFirstParty: client.isFirstParty,
    user,
    grant,
    claims,
    boundTo: thumbprintIn(claims),
    jti,
    issuedAt,
    expiresAt,
    awaitsPasswordChange: awaitsPasswordChange(user, context),
  };
}

async function liveApiKey(secret: string, context: Needs, ip: string | undefined): Promise<LiveToken | undefined> {
  const found = await context.store.apiKeys.findByHash(context.hashing.tokenHash(secret));
  const now = context.clock.now();
  if (!found || !isApiKeyLive(found.key, now)) return undefined;
  const { key, user } = found;
  if (key.userId !== undefined && !user?.isActive) return undefined;
  const client = key.clientId && (await context.directory.client(key.clientId));
  if (key.clientId !== undefined && !(client && client.isActive && found.client?.isActive)) return undefined;
  await context.store.apiKeys.recordUse(key.id, now, ip);
  return {
    kind: 'api_key',
    scopes: await liveScopes(key.scopes, { client: client || undefined, user }, context),
    clientId: key.clientId,
    isFirstParty: false,
    user,
    apiKey: key,
    jti: key.id,
    issuedAt: key.createdAt,
    expiresAt: key.expiresAt,
    awaitsPasswordChange: awaitsPasswordChange(user, context),
  };
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
