import type { GrantId, TokenHash } from '@authly/oauth';

/** One link in the chain of refresh tokens of a grant. @spec RFC 9700 §4.14 */
export interface RefreshToken {
  readonly hash: TokenHash;
  readonly grantId: GrantId;
  /** 1 for the first of the chain. */
  readonly generation: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly consumedAt?: Date;
  /** The thumbprint of the only key that may use it. */
  readonly boundTo?: string;
}

/** What is kept of an answer so that a repeat of the same request within the grace window gets the same answer. */
export interface SealedReplay {
  /** The sealed JSON of the token response. */
  readonly sealed: Buffer;
  /** Says which request it answered: client, scope, resources. */
  readonly key: string;
}
