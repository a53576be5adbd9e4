import { accountKeys } from '../../identity/sign-in.js';
import type { User } from '../../model/user.js';
import type { Context } from '../../ports/context.js';
import type { Counted } from '../../ports/rate-limiter.js';
import { type Actor, recordChange } from '../actor.js';
import { findUser } from './find-user.js';

type Needs = Pick<Context, 'store' | 'limiter' | 'settings' | 'hashing' | 'clock' | 'audit'>;

/** Until when the account is locked for somebody; `undefined` when for nobody. */
export async function lockedUntil(
  user: User,
  context: Pick<Context, 'limiter' | 'settings' | 'hashing' | 'clock'>,
): Promise<Date | undefined> {
  const ends = (await locks(user, context)).map((lock) => lock.resetSeconds);
  return ends.length === 0 ? undefined : new Date(context.clock.now().getTime() + Math.max(...ends) * 1000);
}

/** Forgets failed sign-ins, under the name and under the e-mail address, from wherever they came. */
export async function unlockUser(
  userId: string,
  actor: Actor,
  context: Needs,
): Promise<{ readonly user: User; readonly wasLocked: boolean }> {
  const user = await findUser(userId, context);
  const wasLocked = (await locks(user, context)).length > 0;
  for (const { attempts, lockPrefix } of accountKeys(user, context)) {
    const counted = await context.limiter.under(lockPrefix);
    for (const key of [attempts, ...counted.map((one) => one.key)]) await context.limiter.reset(key);
  }
  await recordChange(
    actor,
    { action: 'user.unlocked', target: { type: 'user', id: user.id }, details: { was_locked: wasLocked } },
    context,
  );
  return { user, wasLocked };
}

async function locks(user: User, context: Pick<Context, 'limiter' | 'settings' | 'hashing'>): Promise<Counted[]> {
  const found = await Promise.all(
    accountKeys(user, context).map(({ lockPrefix }) => context.limiter.under(lockPrefix)),
  );
  // The attempt that reaches the limit still counts; the next one is refused.
  return found.flat().filter(({ points }) => points >= context.settings['lockout.max_attempts']);
}
