import type { PendingSignIn } from '../../../model/people/second-factor.js';

export interface PendingSignInStore {
  /** False when the person's logins were ended since the password was read. */
  add(pending: PendingSignIn): Promise<boolean>;
  /** Whatever its state. */
  find(idHash: string): Promise<PendingSignIn | undefined>;
  /** True for exactly one caller, while it has not expired. */
  complete(idHash: string, now: Date): Promise<boolean>;
}
