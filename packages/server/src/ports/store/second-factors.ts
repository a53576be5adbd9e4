import type { UserId } from '@authly/oauth';
import type { Authenticator, AuthenticatorSetup } from '../../model/second-factor.js';

export interface SecondFactorStore {
  /** The authenticator of a person; a set-up that was never confirmed is none. */
  find(userId: UserId): Promise<Authenticator | undefined>;
  /** Keeps the secret that is being shown; the one shown before is forgotten. */
  propose(setup: AuthenticatorSetup): Promise<void>;
  findSetup(userId: UserId, now: Date): Promise<AuthenticatorSetup | undefined>;
  /**
   * The shown secret becomes the person's authenticator, and these hashes their recovery codes. True for exactly one caller, while
   * the set-up has not expired and was not replaced. An authenticator that was there before is replaced.
   */
  enable(confirmation: {
    readonly setup: Pick<AuthenticatorSetup, 'id' | 'userId'>;
    /** The time step of the code that confirmed it: used. */
    readonly step: number;
    readonly recoveryCodes: readonly string[];
    readonly now: Date;
  }): Promise<boolean>;
  /** True for exactly one caller a time step, and only for later steps than those used before. */
  useStep(authenticator: Pick<Authenticator, 'id'>, step: number): Promise<boolean>;
  /** For exactly one caller a code: how many are left. `undefined`: there is no such code, or it was used. */
  useRecoveryCode(userId: UserId, hash: string, now: Date): Promise<number | undefined>;
  /** Puts new recovery codes in the place of all others; false when the person has no authenticator. */
  replaceRecoveryCodes(userId: UserId, hashes: readonly string[], now: Date): Promise<boolean>;
  /** Removes the authenticator, its recovery codes and any set-up; false when there was no authenticator. */
  remove(userId: UserId): Promise<boolean>;
}
