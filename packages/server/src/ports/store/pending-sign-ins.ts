import type { PendingSignIn } from '../../model/second-factor.js';

export interface PendingSignInStore {
  add(pending: PendingSignIn): Promise<void>;
  /** Whatever its state. */
  find(idHash: string): Promise<PendingSignIn | undefined>;
  /** True for exactly one caller, while it has not expired. */
  complete(idHash: string, now: Date): Promise<boolean>;
}
