import type { TokenHash } from '@authly/oauth';
import type { AuthorizationCode } from '../../../model/tokens/authorization-code.js';
import type { Grant } from '../../../model/tokens/grant.js';
import type { LoginChallenge } from '../../../model/tokens/login-challenge.js';

export interface LoginChallengeStore {
  /** False when the person's logins were ended since the password was read. */
  add(challenge: LoginChallenge): Promise<boolean>;
  /** Whatever its state. */
  find(hash: TokenHash): Promise<LoginChallenge | undefined>;
  /**
   * Counts one more try before it is known whether it is right. Answers the challenge with that try counted; `undefined` when
   * it is over: expired, completed, or tried `most` times before.
   */
  attempt(hash: TokenHash, most: number, now: Date): Promise<LoginChallenge | undefined>;
  /**
   * True for exactly one caller, while it has not expired and the person's logins were not ended; the grant and the code are stored
   * with it.
   */
  complete(
    hash: TokenHash,
    answer: { readonly grant: Grant; readonly code: AuthorizationCode },
    now: Date,
  ): Promise<boolean>;
}
