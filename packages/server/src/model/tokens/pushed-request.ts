import type { ClientId, TokenHash } from '@authly/oauth';
import type { AuthorizationRequest } from './authorization-request.js';

/** An authorization request that its client sent beforehand, from server to server. @spec RFC 9126 §2 */
export interface PushedRequest {
  /** Of the request_uri. */
  readonly hash: TokenHash;
  readonly clientId: ClientId;
  readonly request: AuthorizationRequest;
  readonly createdAt: Date;
  /** A login must begin before. */
  readonly expiresAt: Date;
  /** When a code was issued for it. */
  readonly usedAt?: Date;
}
