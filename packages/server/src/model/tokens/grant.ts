import type { ClientId, GrantId, GrantType, SessionId, UserId } from '@authly/oauth';
import type { ClaimsRequest } from './claims-request.js';
import type { User } from '../people/user.js';

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
  | 'consent_withdrawn'
  | 'scope_withdrawn';

/** What one login allowed one client to do. Its codes, refresh tokens and access tokens form one family and die with it. */
export interface Grant {
  readonly id: GrantId;
  readonly clientId: ClientId;
  readonly userId?: UserId;
  readonly sessionId?: SessionId;
  /** What the person's `loginEpoch` was when they proved who they are: stored only while it still is. */
  readonly loginEpoch: number;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly claims?: ClaimsRequest;
  readonly method: GrantType;
  readonly authTime?: Date;
  readonly acr?: string;
  readonly amr: readonly string[];
  /** offline_access was granted: the family outlives the browser session. */
  readonly offline: boolean;
  readonly createdAt: Date;
  /** No token of the family lives longer. */
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
  readonly revokedReason?: RevocationReason;
}

/** What a new grant is made of. */
export interface NewGrant
  extends Pick<Grant, 'id' | 'clientId' | 'scopes' | 'resources' | 'claims' | 'method' | 'createdAt'> {
  readonly user: Pick<User, 'id' | 'loginEpoch'>;
  /** How, when and where the person proved who they are. */
  readonly proof: {
    readonly authTime: Date;
    readonly acr?: string;
    readonly amr: readonly string[];
    /** The browser's session; absent for a login without a browser. */
    readonly sessionId?: SessionId;
  };
  readonly offline: boolean;
  readonly expiresAt: Date;
}

export function newGrant({ user, proof, ...grant }: NewGrant): Grant {
  return {
    ...grant,
    userId: user.id,
    loginEpoch: user.loginEpoch,
    sessionId: proof.sessionId ?? sessionWithoutBrowser(grant.id),
    authTime: proof.authTime,
    acr: proof.acr,
    amr: proof.amr,
  };
}

/** A login without a browser is a session of its own: the grant's id is its `sid`, and a logout by its ID token ends the grant. */
function sessionWithoutBrowser(id: GrantId): SessionId {
  return id as string as SessionId;
}

/** The grant that a session without a browser would be; there is none where a browser stands behind the session. */
export function grantOfSession(id: SessionId): GrantId {
  return id as string as GrantId;
}
