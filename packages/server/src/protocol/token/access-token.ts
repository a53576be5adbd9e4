import { formatScope } from '@authly/oauth';
import type { AccessToken } from '../../model/tokens/access-token.js';
import { type Client, isStranger } from '../../model/client.js';
import type { Grant } from '../../model/tokens/grant.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import type { TokenBinding } from '../proof/binding.js';
import type { Target } from '../resource/find-target.js';
import { subjectFor } from '../subject.js';
import { makeTokenId } from './token-id.js';

/**
 * A longer token is not issued: no request that carries it in a header would be read, neither here (16 kB for all headers) nor by
 * most proxies, so that nobody could use, introspect or revoke it.
 */
export const LONGEST_ACCESS_TOKEN = 12_288;

export interface AccessTokenInput {
  readonly client: Client;
  /** Absent for client credentials. */
  readonly grant?: Grant;
  readonly scopes: readonly string[];
  readonly target: Target;
  readonly binding: TokenBinding;
}

export interface MintedAccessToken {
  readonly jwt: string;
  readonly record: AccessToken;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Signs an access token and makes the record that must be stored before anyone sees the token. @spec RFC 9068 §2 */
// @check 144, 145, 146, 147, 148, 270
export async function mintAccessToken(
  input: AccessTokenInput,
  context: Pick<Context, 'clock' | 'random' | 'signer' | 'hashing' | 'settings'>,
): Promise<MintedAccessToken> {
  const { client, grant, scopes } = input;
  const now = context.clock.now();
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = expiry(issuedAt, input, context);
  const jti = makeTokenId(context);
  const person =
    grant?.userId === undefined
      ? {}
      : { auth_time: seconds(grant.authTime), acr: grant.acr, amr: grant.amr.length > 0 ? grant.amr : undefined };
  const jwt = await context.signer.sign({
    algorithm: client.accessTokenAlg ?? context.settings['tokens.access_alg'],
    type: client.accessTokenType,
    claims: {
      iss: context.settings.issuer,
      sub: subject(input, context),
      aud: input.target.audience,
      exp: expiresAt,
      iat: issuedAt,
      jti,
      client_id: client.clientId,
      scope: scopes.length > 0 ? formatScope(scopes) : undefined,
      cnf: input.binding.confirmation,
      ...person,
    },
  });
  if (jwt.length > LONGEST_ACCESS_TOKEN)
    throw new OAuthError('invalid_scope', 'Too many scopes for one token: ask for fewer.');
  return {
    jwt,
    expiresIn: expiresAt - issuedAt,
    record: {
      jti,
      hash: context.hashing.tokenHash(jwt),
      grantId: grant?.id,
      clientId: client.clientId,
      userId: grant?.userId,
      scopes,
      issuedAt: now,
      expiresAt: new Date(expiresAt * 1000),
    },
  };
}

/**
 * To a registered resource one person is one person, whichever client they use. A client's id can't be a UUID, so it never reads as a
 * person. @spec RFC 9068 §5
 */
function subject({ client, grant, target }: AccessTokenInput, context: Pick<Context, 'hashing'>): string {
  if (grant?.userId === undefined) return client.clientId;
  return target.resource === undefined ? subjectFor(grant.userId, client, context) : grant.userId;
}

function expiry(issuedAt: number, input: AccessTokenInput, context: Pick<Context, 'settings'>): number {
  const { client, target } = input;
  const ofServer = isStranger(client)
    ? Math.min(context.settings['tokens.access_lifetime'], context.settings['clients.self_registered_token_lifetime'])
    : context.settings['tokens.access_lifetime'];
  const lifetime = Math.min(client.accessTokenLifetime ?? ofServer, target.resource?.tokenLifetime ?? Infinity);
  const end = input.grant === undefined ? Number.POSITIVE_INFINITY : Math.floor(input.grant.expiresAt.getTime() / 1000);
  return Math.min(issuedAt + lifetime, end);
}

function seconds(time: Date | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time.getTime() / 1000);
}
