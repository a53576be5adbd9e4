import type { SessionId, TokenHash, UserId } from '@authly/oauth';
import type { RevocationReason } from '../../model/grant.js';
import type { Session } from '../../model/session.js';
import type { User } from '../../model/user.js';

export interface SessionStore {
  add(session: Session): Promise<void>;
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
  seen(id: SessionId, now: Date): Promise<void>;
  /**
   * Ends sessions and revokes the grants that were bound to them (not the offline ones), for this reason: `logout` unless another
   * is given. Answers how many ended.
   */
  end(
    which: { readonly id: SessionId } | { readonly userId: UserId; readonly except?: SessionId },
    now: Date,
    reason?: RevocationReason,
  ): Promise<number>;
}
