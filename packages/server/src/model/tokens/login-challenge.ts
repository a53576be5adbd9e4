import type { TokenHash, UserId } from '@authly/oauth';
import type { AuthorizationQuestion } from './authorization-request.js';

/**
 * A login inside a first-party program that waits for a second factor; the password was right.
 * @spec draft-ietf-oauth-first-party-apps §5.3.1
 */
export interface LoginChallenge {
  /** Hash of the auth_session. */
  readonly hash: TokenHash;
  readonly userId: UserId;
  /** What the person's `loginEpoch` was when they proved who they are: stored only while it still is. */
  readonly loginEpoch: number;
  readonly question: AuthorizationQuestion;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** How many codes were tried. */
  readonly attempts: number;
  readonly completedAt?: Date;
}
