import type { UserId } from '@authly/oauth';
import type { SecondFactorMethod } from '../../model/second-factor.js';
import type { Context } from '../../ports/context.js';
import type { Counted } from '../../ports/rate-limiter.js';
import { readCode } from './code.js';
import { recoveryCodeHash } from './recovery-codes.js';
import { openSecret } from './secret.js';

export type CodeUse =
  | { readonly kind: 'used'; readonly factor: 'otp' }
  | { readonly kind: 'used'; readonly factor: 'recovery_code'; readonly recoveryCodesLeft: number }
  /** `spent`: it was right, and is the code of a time step that was used before. */
  | { readonly kind: 'wrong'; readonly factor: SecondFactorMethod | 'unknown'; readonly spent: boolean }
  | { readonly kind: 'locked'; readonly retryAfterSeconds: number };

type Needs = Pick<Context, 'store' | 'clock' | 'hashing' | 'box' | 'oneTimeCodes' | 'limiter' | 'settings' | 'events'>;

/**
 * Uses up a code of a person, if it is theirs and unused. However many ask at once, on whatever worker, one statement of the store
 * lets one pass.
 */
export async function useCode(typed: string, userId: UserId, context: Needs): Promise<CodeUse> {
  const wait = await countTry(userId, context);
  const use: CodeUse =
    wait === undefined ? await useUp(typed, userId, context) : { kind: 'locked', retryAfterSeconds: wait };
  if (use.kind === 'used') await Promise.all(secondFactorLimits(userId).map((key) => context.limiter.reset(key)));
  context.events.emit({
    type: 'second_factor',
    outcome: use.kind === 'used' ? 'success' : use.kind === 'wrong' ? 'failure' : 'locked',
    factor: use.kind === 'locked' ? 'unknown' : use.factor,
  });
  return use;
}

async function useUp(typed: string, userId: UserId, context: Needs): Promise<CodeUse> {
  const code = readCode(typed);
  if (code === undefined) return { kind: 'wrong', factor: 'unknown', spent: false };
  const now = context.clock.now();
  if (code.factor === 'recovery_code') {
    const hash = recoveryCodeHash(userId, code.code, context);
    const left = await context.store.secondFactors.useRecoveryCode(userId, hash, now);
    return left === undefined
      ? { kind: 'wrong', factor: code.factor, spent: false }
      : { kind: 'used', factor: code.factor, recoveryCodesLeft: left };
  }
  const authenticator = await context.store.secondFactors.find(userId);
  const step = authenticator && context.oneTimeCodes.stepOf(code.code, openSecret(authenticator, context), now);
  if (authenticator === undefined || step === undefined) return { kind: 'wrong', factor: code.factor, spent: false };
  const first = await context.store.secondFactors.useStep(authenticator, step);
  return first ? { kind: 'used', factor: code.factor } : { kind: 'wrong', factor: code.factor, spent: true };
}

/** Wrong codes in a row, after which no code counts for the rest of a day. Three of a million are right at any moment. */
const TRIES_A_DAY = 20;
const DAY_SECONDS = 86_400;

/**
 * Counts a try before the code is looked at, so that parallel guesses can't slip through together. For the person as a whole:
 * whoever comes this far knows the password already. Answers the seconds to wait.
 */
async function countTry(userId: UserId, { limiter, settings }: Needs): Promise<number | undefined> {
  const [short, long] = secondFactorLimits(userId);
  const states = await Promise.all([
    limiter.consume({
      key: short,
      points: settings['lockout.max_attempts'],
      windowSeconds: settings['lockout.duration'],
    }),
    limiter.consume({ key: long, points: TRIES_A_DAY, windowSeconds: DAY_SECONDS }),
  ]);
  const refused = states.filter((state) => !state.allowed);
  return refused.length === 0 ? undefined : Math.max(...refused.map((state) => state.resetSeconds));
}

/** Where the tries of a person are counted. */
export function secondFactorLimits(userId: UserId): readonly [string, string] {
  return [`second-factor:${userId}`, `second-factor-day:${userId}`];
}

/** Those that are used up, for people who look into a lock. */
export async function secondFactorLocks(
  userId: UserId,
  { limiter, settings }: Pick<Context, 'limiter' | 'settings'>,
): Promise<readonly Counted[]> {
  const [short, long] = await Promise.all(secondFactorLimits(userId).map((key) => limiter.under(key)));
  return [
    ...(short ?? []).filter(({ points }) => points >= settings['lockout.max_attempts']),
    ...(long ?? []).filter(({ points }) => points >= TRIES_A_DAY),
  ];
}
