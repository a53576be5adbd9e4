import { formatScope } from '@authly/oauth';
import type { AccessToken } from '../../model/access-token.js';
import type { Client } from '../../model/client.js';
import type { Grant } from '../../model/grant.js';
import type { Context } from '../../ports/context.js';
import { subjectFor } from '../subject.js';
import { audienceOf } from './audience.js';

export interface AccessTokenInput {
  readonly client: Client;
  /** Absent for client credentials. */
  readonly grant?: Grant;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
}

export interface MintedAccessToken {
  readonly jwt: string;
  readonly record: AccessToken;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Signs an access token and makes the record that must be stored before anyone sees the token. @spec RFC 9068 §2 */
// @check 144, 145, 146, 147, 148
export async function mintAccessToken(
  input: AccessTokenInput,
  context: Pick<Context, 'clock' | 'random' | 'signer' | 'hashing' | 'settings'>,
): Promise<MintedAccessToken> {
  const { client, grant, scopes } = input;
  const now = context.clock.now();
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = expiry(issuedAt, input, context);
  const jti = context.random.bytes(16).toString('base64url');
  const person =
    grant?.userId === undefined
      ? {}
      : { auth_time: seconds(grant.authTime), acr: grant.acr, amr: grant.amr.length > 0 ? grant.amr : undefined };
  const jwt = await context.signer.sign({
    algorithm: client.accessTokenAlg ?? context.settings['tokens.access_alg'],
    type: 'at+jwt',
    claims: {
      iss: context.settings.issuer,
      // A client's id can't be a UUID, so it never reads as a person. @spec RFC 9068 §5
      sub: grant?.userId === undefined ? client.clientId : subjectFor(grant.userId, client, context),
      aud: audienceOf(input.resources, context),
      exp: expiresAt,
      iat: issuedAt,
      jti,
      client_id: client.clientId,
      scope: scopes.length > 0 ? formatScope(scopes) : undefined,
      ...person,
    },
  });
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

function expiry(issuedAt: number, input: AccessTokenInput, context: Pick<Context, 'settings'>): number {
  const lifetime = input.client.accessTokenLifetime ?? context.settings['tokens.access_lifetime'];
  const end = input.grant === undefined ? Number.POSITIVE_INFINITY : Math.floor(input.grant.expiresAt.getTime() / 1000);
  return Math.min(issuedAt + lifetime, end);
}

function seconds(time: Date | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time.getTime() / 1000);
}
