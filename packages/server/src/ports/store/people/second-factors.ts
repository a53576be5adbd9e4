import type { UserId } from '@authly/oauth';
import type { SecondFactor, TotpApp, TotpSetup } from '../../../model/people/second-factor.js';

export interface SecondFactorStore {
  /** What a person has set up; a set-up that was never confirmed is nothing. */
  listOf(userId: UserId): Promise<readonly SecondFactor[]>;
  /** Keeps the secret that is being shown; the one shown before is forgotten. */
  propose(setup: TotpSetup): Promise<void>;
  findSetup(userId: UserId, now: Date): Promise<TotpSetup | undefined>;
  /**
   * The shown secret becomes that of the person's app, and these hashes their recovery codes. True for exactly one caller, while
   * the set-up has not expired and was not replaced. An app that was there before is replaced.
   */
  enable(confirmation: {
    readonly setup: Pick<TotpSetup, 'id' | 'userId'>;
    /** The time step of the code that confirmed it: used. */
    readonly step: number;
    readonly recoveryCodes: readonly string[];
    readonly now: Date;
  }): Promise<boolean>;
  /** True for exactly one caller a time step, and only for later steps than those used before. */
  useStep(app: Pick<TotpApp, 'id'>, step: number): Promise<boolean>;
  /** For exactly one caller a code: how many are left. `undefined`: there is no such code, or it was used. */
  useRecoveryCode(userId: UserId, hash: string, now: Date): Promise<number | undefined>;
  /** Puts new recovery codes in the place of all others; false when the person has no app. */
  replaceRecoveryCodes(userId: UserId, hashes: readonly string[], now: Date): Promise<boolean>;
  /** Removes the app, its recovery codes and any set-up; false when there was none. */
  remove(userId: UserId): Promise<boolean>;
}
