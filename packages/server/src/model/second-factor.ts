import type { UserId } from '@authly/oauth';

/** What a person can prove themselves with besides the password. */
export type SecondFactorMethod = 'otp' | 'recovery_code';

/** An app that shows a new code every 30 seconds, with the recovery codes that stand in for it. */
export interface Authenticator {
  readonly id: string;
  readonly userId: UserId;
  /** The secret shared with the app, readable only with the master key. */
  readonly sealedSecret: Buffer;
  readonly enabledAt: Date;
  /** When the recovery codes were made. */
  readonly recoveryCodesMadeAt: Date;
  readonly recoveryCodesLeft: number;
}

/** An authenticator whose secret was shown and that has not given a code yet. */
export interface AuthenticatorSetup {
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
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly completedAt?: Date;
}
