import { secondFactorLimits } from '../../identity/second-factor/use-code.js';
import type { User } from '../../model/user.js';
import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';
import { findUser } from './find-user.js';

/**
 * Takes the second factor of a person away, with what was guessed at it: for somebody who has lost app and recovery codes. Their
 * sessions go on; whoever suspects a thief ends those too.
 */
export async function resetSecondFactor(
  userId: string,
  actor: Actor,
  context: Pick<Context, 'store' | 'limiter'>,
): Promise<{ readonly user: User; readonly wasEnabled: boolean }> {
  const user = await findUser(userId, context);
  const keys = secondFactorLimits(user.id);
  const wasEnabled = await context.store.transaction(async (tx) => {
    const removed = await tx.secondFactors.remove(user.id);
    await tx.admin.limits.forget(keys);
    const target = { type: 'user', id: user.id };
    recordChange(actor, { action: 'user.second_factor_reset', target, details: { was_enabled: removed } }, tx);
    return removed;
  });
  // Redis, where it counts, has no part in the transaction.
  for (const key of keys) await context.limiter.reset(key);
  return { user, wasEnabled };
}
