import type { UserId } from '@authly/oauth';

/** What a person can prove themselves with besides the password. */
export type SecondFactorMethod = 'otp' | 'recovery_code';

/** One thing that a person has set up besides the password. */
export type SecondFactor = TotpApp | RecoveryCodes;

/** An app that shows a new code every 30 seconds. */
export interface TotpApp {
  readonly kind: 'otp';
  readonly id: string;
  readonly userId: UserId;
  /** The secret shared with the app, readable only with the master key. */
  readonly sealedSecret: Buffer;
  readonly enabledAt: Date;
}

/** The codes that stand in for the app. */
export interface RecoveryCodes {
  readonly kind: 'recovery_code';
  readonly madeAt: Date;
  readonly left: number;
}

/** An app whose secret was shown and that has not given a code yet. */
export interface TotpSetup {
  readonly id: string;
  readonly userId: UserId;
  readonly sealedSecret: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A sign-in in a browser: the password was right, the second factor is still missing. */
export interface PendingSignIn {
  readonly idHash: string;
  readonly browserHash: string;
  readonly userId: UserId;
  /** What the person's `loginEpoch` was when they proved who they are: stored only while it still is. */
  readonly loginEpoch: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly completedAt?: Date;
}
