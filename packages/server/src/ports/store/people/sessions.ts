import type { ClientId, SessionId, TokenHash, UserId } from '@authly/oauth';
import type { RevocationReason } from '../../../model/tokens/grant.js';
import type { Session } from '../../../model/people/session.js';
import type { User } from '../../../model/people/user.js';

export interface SessionStore {
  /** False when the person's logins were ended since they proved who they are: nothing is stored then. */
  add(session: Session): Promise<boolean>;
  /** Also ended and expired sessions: the caller decides. */
  findBySecret(hash: TokenHash): Promise<{ readonly session: Session; readonly user: User } | undefined>;
  find(id: SessionId): Promise<Session | undefined>;
  /** Live ones, newest first. */
  listOf(
    userId: UserId,
    page: { readonly limit: number; readonly offset: number; readonly now: Date },
  ): Promise<readonly Session[]>;
  /** The same person signed in again in this browser: the session keeps its id and gets a new secret and a new auth_time. */
  renew(
    id: SessionId,
    change: Pick<Session, 'secretHash' | 'authTime' | 'lastSeenAt' | 'expiresAt' | 'acr' | 'amr'>,
  ): Promise<void>;
  recordUse(id: SessionId, now: Date): Promise<void>;
  /** The clients that people signed in to by this session with OpenID Connect. */
  clientsOf(id: SessionId): Promise<readonly ClientId[]>;
  /**
   * Ends sessions, has the clients told that want to be, and revokes the grants that were bound to them (not the offline ones), for this reason: `logout` unless another
   * is given. Answers how many ended.
   */
  end(
    which: { readonly id: SessionId } | { readonly userId: UserId; readonly except?: SessionId },
    now: Date,
    reason?: RevocationReason,
  ): Promise<number>;
}
