import type { UserId } from '@authly/oauth';
import type { SecondFactorMethod } from '../../model/people/second-factor.js';
import type { Context } from '../../ports/context.js';
import type { Counted } from '../../ports/rate-limiter.js';
import type { FactorContext } from '../factors/factor.js';
import { recoveryCodeFactor } from '../factors/recovery-code/recovery-code.js';
import { totpFactor } from '../factors/totp/totp.js';
import { limitEnding, type TryFrom } from '../places.js';

export type CodeUse =
  /** `recoveryCodesLeft`: after one of them. */
  | { readonly kind: 'used'; readonly factor: SecondFactorMethod; readonly recoveryCodesLeft?: number }
  /** `spent`: it was right, and is the code of a time step that was used before. */
  | { readonly kind: 'wrong'; readonly factor: SecondFactorMethod | 'unknown'; readonly spent: boolean }
  | { readonly kind: 'locked'; readonly retryAfterSeconds: number };

type Needs = FactorContext & Pick<Context, 'limiter' | 'settings' | 'events'>;

/**
 * Uses up a code of a person, if it is theirs and unused. However many ask at once, on whatever worker, one statement of the store
 * lets one pass.
 */
export async function useCode(
  typed: string,
  { userId, from }: { readonly userId: UserId; readonly from: TryFrom },
  context: Needs,
): Promise<CodeUse> {
  const keys = secondFactorSubjects(userId, await limitEnding(userId, from, context));
  const wait = await countTry(keys, context);
  const use: CodeUse =
    wait === undefined ? await useUp(typed, userId, context) : { kind: 'locked', retryAfterSeconds: wait };
  if (use.kind === 'used') await context.limiter.reset(keys);
  context.events.emit({
    type: 'second_factor',
    outcome: use.kind === 'used' ? 'success' : use.kind === 'wrong' ? 'failure' : 'locked',
    factor: use.kind === 'locked' ? 'unknown' : use.factor,
  });
  return use;
}

/** What a person can prove themselves with besides the password. */
const SECOND_FACTORS = [totpFactor, recoveryCodeFactor] as const;

async function useUp(typed: string, userId: UserId, context: Needs): Promise<CodeUse> {
  for (const { kind: factor, prove } of SECOND_FACTORS) {
    const proof = await prove(typed, userId, context);
    switch (proof.kind) {
      case 'right':
        return { kind: 'used', factor, ...(proof.left !== undefined && { recoveryCodesLeft: proof.left }) };
      case 'wrong':
        return { kind: 'wrong', factor, spent: proof.spent };
      case 'another':
    }
  }
  return { kind: 'wrong', factor: 'unknown', spent: false };
}

/** Wrong codes in a row, after which no code counts for the rest of a day. Three of a million are right at any moment. */
const TRIES_A_DAY = 20;
const DAY_SECONDS = 86_400;

/**
 * Counts a try before the code is looked at, so that parallel guesses can't slip through together. For all strangers together:
 * whoever comes this far knows the password already. Answers the seconds to wait.
 */
async function countTry(
  [short, long]: readonly [string, string],
  { limiter, settings }: Needs,
): Promise<number | undefined> {
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

/** Where the tries of a person are counted: the beginning of the keys, or whole keys for one ending. */
export function secondFactorSubjects(userId: UserId, ending = ''): readonly [string, string] {
  return [`second-factor:${userId}${ending}`, `second-factor-day:${userId}${ending}`];
}

/** Everything that is counted for the codes of a person. */
export async function secondFactorKeys(
  userId: UserId,
  { limiter }: Pick<Context, 'limiter'>,
): Promise<readonly string[]> {
  const counted = await Promise.all(secondFactorSubjects(userId).map((subject) => limiter.listCounters(subject)));
  return counted.flat().map(({ key }) => key);
}

/** Those that are used up, for people who look into a lock. */
export async function secondFactorLocks(
  userId: UserId,
  { limiter, settings }: Pick<Context, 'limiter' | 'settings'>,
): Promise<readonly Counted[]> {
  const [short, long] = await Promise.all(secondFactorSubjects(userId).map((subject) => limiter.listCounters(subject)));
  return [
    ...(short ?? []).filter(({ points }) => points >= settings['lockout.max_attempts']),
    ...(long ?? []).filter(({ points }) => points >= TRIES_A_DAY),
  ];
}
