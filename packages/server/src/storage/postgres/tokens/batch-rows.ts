/** What a batch of redemptions or rotations asks of the database, as rows. */
import type { AccessToken } from '../../../model/tokens/access-token.js';
import { wholeSeconds } from '../../whole-seconds.js';

/** The access token that is issued if the row wins; its grant is the one that was won. */
export function issuedRecord(accessToken: AccessToken): object {
  return {
    jti: accessToken.jti,
    access_expires_at: wholeSeconds(accessToken.expiresAt),
    access_hash: accessToken.hash,
    client_id: accessToken.clientId,
    user_id: accessToken.userId,
    scopes: accessToken.scopes,
    issued_at: accessToken.issuedAt,
  };
}

/** Every node takes its locks in the same order. */
export function byHash(one: { readonly hash: string }, other: { readonly hash: string }): number {
  return one.hash < other.hash ? -1 : Number(one.hash > other.hash);
}
