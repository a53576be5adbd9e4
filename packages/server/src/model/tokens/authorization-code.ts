import type { ClientId, GrantId, TokenHash } from '@authly/oauth';

/** A code on its way from the browser to the client. @spec OAuth 2.1 §4.1.2 */
export interface AuthorizationCode {
  readonly hash: TokenHash;
  readonly grantId: GrantId;
  readonly clientId: ClientId;
  /** Absent for a code that a program got without a browser. */
  readonly redirectUri?: string;
  readonly codeChallenge?: string;
  readonly nonce?: string;
  /** The thumbprint of the only key that may use it. @spec RFC 9449 §10 */
  readonly boundTo?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly redeemedAt?: Date;
}
