import { secondFactorLocks, secondFactorSubjects } from '../../identity/second-factor/use-code.js';
import { accountLocks, signInSubjects } from '../../identity/sign-in-limits.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import type { Counted } from '../../ports/rate-limiter.js';
import { type Actor, type OperatorCommand, recordChange } from '../actor.js';
import { findUser } from './find-user.js';

type Needs = Pick<Context, 'store' | 'limiter' | 'settings' | 'clock' | 'hashing'>;

/** Until when the account is locked for somebody; `undefined` when for nobody. */
export async function lockedUntil(
  user: User,
  context: Pick<Context, 'limiter' | 'settings' | 'clock'>,
): Promise<Date | undefined> {
  const ends = (await locks(user, context)).map((lock) => lock.resetSeconds);
  return ends.length === 0 ? undefined : new Date(context.clock.now().getTime() + Math.max(...ends) * 1000);
}

/** Forgets failed sign-ins, from wherever they came: wrong passwords and wrong codes. */
export async function unlockUser(
  userId: string,
  actor: Actor | OperatorCommand,
  context: Needs,
): Promise<{ readonly user: User; readonly wasLocked: boolean }> {
  const user = await findUser(userId, context);
  const wasLocked = (await locks(user, context)).length > 0;
  const keys = await countedKeys(user, context);
  await context.store.transaction(async (tx) => {
    await tx.admin.limits.forget(keys);
    recordChange(
      actor,
      { action: 'user.unlocked', target: { type: 'user', id: user.id }, details: { was_locked: wasLocked } },
      tx,
    );
  });
  // Redis, where it counts, has no part in the transaction. Unlocking can be repeated; an unlocking without its event could not be seen.
  await context.limiter.reset(keys);
  return { user, wasLocked };
}

async function countedKeys(user: User, context: Pick<Context, 'limiter' | 'hashing'>): Promise<readonly string[]> {
  const subjects = [...signInSubjects(user, context), ...secondFactorSubjects(user.id)];
  const counted = await Promise.all(subjects.map((subject) => context.limiter.listCounters(subject)));
  return counted.flat().map(({ key }) => key);
}

async function locks(user: User, context: Pick<Context, 'limiter' | 'settings'>): Promise<Counted[]> {
  const [passwords, codes] = await Promise.all([
    context.limiter.listCounters(accountLocks(user)),
    secondFactorLocks(user.id, context),
  ]);
  // The attempt that reaches the limit still counts; the next one is refused.
  return [...passwords.filter(({ points }) => points >= context.settings['lockout.max_attempts']), ...codes];
}
