import type { UserId } from '@authly/oauth';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { SecondFactorMethod } from '../../model/second-factor.js';
import type { User } from '../../model/user.js';
import type { Context } from '../../ports/context.js';
import { recordLogin, type SignInMethod } from '../record-login.js';
import { type CodeUse, useCode } from './use-code.js';

export type { SecondFactorMethod } from '../../model/second-factor.js';

export interface SecondFactorAttempt {
  /** Whose password was right just before. */
  readonly user: User;
  /** The code of an authenticator app or a recovery code, as typed. */
  readonly code: string;
  readonly origin: RequestOrigin;
  readonly method: SignInMethod;
}

export type SecondFactorCheck =
  /** `amr`: how the person proved who they are, the password included. */
  | { readonly kind: 'right'; readonly amr: readonly string[]; readonly recoveryCodesLeft?: number }
  /** `spent`: it was a right code, but its time step has been used. */
  | { readonly kind: 'wrong'; readonly spent: boolean }
  | { readonly kind: 'locked'; readonly retryAfterSeconds: number };

/** A password and a one-time code; a recovery code is a one-time password too. @spec RFC 8176 §2, RFC 4949 (one-time password) */
export const MULTI_FACTOR_AMR: readonly string[] = ['pwd', 'otp', 'mfa'];

/** What a person can prove themselves with besides the password; empty when they have set up nothing. */
export async function secondFactorMethods(
  userId: UserId,
  context: Pick<Context, 'store'>,
): Promise<readonly SecondFactorMethod[]> {
  const authenticator = await context.store.secondFactors.find(userId);
  if (authenticator === undefined) return [];
  return authenticator.recoveryCodesLeft > 0 ? ['otp', 'recovery_code'] : ['otp'];
}

/** Checks and uses up the code that completes a sign-in whose password was right. */
export async function checkSecondFactor(
  attempt: SecondFactorAttempt,
  context: Pick<
    Context,
    'store' | 'clock' | 'hashing' | 'box' | 'oneTimeCodes' | 'limiter' | 'settings' | 'events' | 'audit'
  >,
): Promise<SecondFactorCheck> {
  const use = await useCode(attempt.code, attempt.user.id, context);
  if (use.kind !== 'used') return refuse(attempt, use, context);
  const recoveryCodesLeft = use.factor === 'recovery_code' ? use.recoveryCodesLeft : undefined;
  await recordLogin({ ...attempt, secondFactor: use.factor, recoveryCodesLeft }, context);
  return { kind: 'right', amr: MULTI_FACTOR_AMR, recoveryCodesLeft };
}

async function refuse(
  { user, method, origin }: SecondFactorAttempt,
  use: Exclude<CodeUse, { kind: 'used' }>,
  context: Pick<Context, 'audit' | 'events'>,
): Promise<SecondFactorCheck> {
  context.events.emit({ type: 'login', outcome: use.kind === 'locked' ? 'locked' : 'failure', method });
  await context.audit.record(
    {
      action: 'login',
      outcome: 'failure',
      actor: { type: 'user', id: user.id, name: user.username },
      details: {
        method,
        reason: use.kind === 'locked' ? 'second_factor_locked' : 'second_factor',
        ...(use.kind === 'wrong' && { second_factor: use.factor, spent: use.spent }),
      },
    },
    origin,
  );
  return use.kind === 'locked' ? use : { kind: 'wrong', spent: use.spent };
}
