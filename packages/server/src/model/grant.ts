import type { ClientId, GrantId, GrantType, SessionId, UserId } from '@authly/oauth';
import type { ClaimsRequest } from './claims-request.js';

export type RevocationReason =
  | 'code_replayed'
  | 'refresh_token_reused'
  | 'revoked_by_client'
  | 'revoked_by_user'
  | 'revoked_by_admin'
  | 'logout'
  | 'password_changed'
  | 'user_deactivated'
  | 'client_deactivated'
  | 'consent_withdrawn';

/** What one login allowed one client to do. Its codes, refresh tokens and access tokens form one family and die with it. */
export interface Grant {
  readonly id: GrantId;
  readonly clientId: ClientId;
  readonly userId?: UserId;
  readonly sessionId?: SessionId;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly claims?: ClaimsRequest;
  readonly method: GrantType;
  readonly authTime?: Date;
  readonly acr?: string;
  readonly amr: readonly string[];
  /** Goes into the ID token of the code exchange. */
  readonly nonce?: string;
  /** offline_access was granted: the family outlives the browser session. */
  readonly offline: boolean;
  readonly createdAt: Date;
  /** No token of the family lives longer. */
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
  readonly revokedReason?: RevocationReason;
}
