import type { Client, SigningAlgorithm } from '../../model/client.js';
import type { Grant } from '../../model/tokens/grant.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { claimNames, personClaims } from '../userinfo/claims.js';
import { sessionIdFor, subjectFor } from '../subject.js';

export interface IdTokenInput {
  readonly client: Client;
  readonly grant: Grant;
  readonly user: User;
  /** Those of the access token beside it. */
  readonly scopes: readonly string[];
  readonly accessToken: string;
  /** Only in the answer to the authorization request that sent it, not after a refresh. @spec OpenID Connect Core §12.2 */
  readonly nonce?: string;
}

/** Signs an ID token. What the scopes open is in it where the client has it so; what the claims parameter asked for always. @spec OpenID Connect Core §2 */
// @check 161, 199, 200, 201, 202, 203, 204
export function mintIdToken(
  input: IdTokenInput,
  context: Pick<Context, 'clock' | 'signer' | 'settings' | 'hashing'>,
): Promise<string> {
  const { client, grant, user } = input;
  const now = Math.floor(context.clock.now().getTime() / 1000);
  return context.signer.sign({
    algorithm: client.idTokenAlg,
    type: 'JWT',
    claims: {
      ...personClaims(user, claimNames(client.idTokenClaims ? input.scopes : [], grant.claims?.id_token)),
      iss: context.settings.issuer,
      sub: subjectFor(user.id, client, context),
      aud: client.clientId,
      exp: now + context.settings['tokens.id_token_lifetime'],
      iat: now,
      auth_time: grant.authTime === undefined ? undefined : Math.floor(grant.authTime.getTime() / 1000),
      nonce: input.nonce,
      acr: grant.acr,
      amr: grant.amr.length > 0 ? grant.amr : undefined,
      sid: grant.sessionId && sessionIdFor(grant.sessionId, client, context),
      at_hash: accessTokenHash(input.accessToken, client.idTokenAlg, context),
    },
  });
}

/** The left half of the hash that the signing algorithm names. @spec OpenID Connect Core §3.1.3.6 */
function accessTokenHash(accessToken: string, algorithm: SigningAlgorithm, context: Pick<Context, 'hashing'>): string {
  // Ed25519 hashes with SHA-512 inside, so its half of SHA-512 is taken.
  const digest = algorithm === 'EdDSA' ? context.hashing.sha512(accessToken) : context.hashing.sha256(accessToken);
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
