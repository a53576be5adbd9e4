import type { ClientId, GrantId, TokenHash, UserId } from '@authly/oauth';

/** The record of an issued access token; the token itself is never stored. */
export interface AccessToken {
  readonly jti: string;
  readonly hash: TokenHash;
  /** Absent for client credentials: no person stands behind them. */
  readonly grantId?: GrantId;
  readonly clientId: ClientId;
  readonly userId?: UserId;
  readonly scopes: readonly string[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
}
