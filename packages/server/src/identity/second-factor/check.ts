import type { UserId } from '@authly/oauth';
import type { SecondFactorMethod } from '../../model/people/second-factor.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { type Assurance, passwordAnd } from '../assurance.js';
import type { Whereabouts } from '../places.js';
import { recordLogin, type SignInMethod } from '../record-login.js';
import { type CodeUse, useCode } from './use-code.js';

export type { SecondFactorMethod } from '../../model/people/second-factor.js';

export interface SecondFactorAttempt extends Whereabouts {
  /** Whose password was right just before. */
  readonly user: User;
  /** The code of an app or a recovery code, as typed. */
  readonly code: string;
  readonly method: SignInMethod;
}

export type SecondFactorCheck =
  /** `assurance`: how the person proved who they are, the password included. */
  | { readonly kind: 'right'; readonly assurance: Assurance; readonly recoveryCodesLeft?: number }
  /** `spent`: it was a right code, but its time step has been used. */
  | { readonly kind: 'wrong'; readonly spent: boolean }
  | { readonly kind: 'locked'; readonly retryAfterSeconds: number };

/** What a person can prove themselves with besides the password; empty when they have set up nothing. */
export async function secondFactorMethods(
  userId: UserId,
  context: Pick<Context, 'store'>,
): Promise<readonly SecondFactorMethod[]> {
  const factors = await context.store.secondFactors.listOf(userId);
  return factors.filter((factor) => factor.kind !== 'recovery_code' || factor.left > 0).map(({ kind }) => kind);
}

/** Checks and uses up the code that completes a sign-in whose password was right. */
export async function checkSecondFactor(
  attempt: SecondFactorAttempt,
  context: Parameters<typeof useCode>[2] & Pick<Context, 'audit'>,
): Promise<SecondFactorCheck> {
  const use = await useCode(attempt.code, { userId: attempt.user.id, from: attempt }, context);
  if (use.kind !== 'used') return refuse(attempt, use, context);
  const { factor, recoveryCodesLeft } = use;
  await recordLogin({ ...attempt, secondFactor: factor, recoveryCodesLeft }, context);
  return { kind: 'right', assurance: passwordAnd(factor), recoveryCodesLeft };
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
