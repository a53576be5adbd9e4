import { tellOwner } from '../../identity/notice.js';
import { secondFactorKeys } from '../../identity/second-factor/use-code.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { type Actor, type OperatorCommand, recordChange } from '../actor.js';
import { findUser } from './find-user.js';

/**
 * Takes the second factor of a person away, with what was guessed at it: for somebody who has lost app and recovery codes. Their
 * sessions go on; whoever suspects a thief ends those too.
 */
export async function resetSecondFactor(
  userId: string,
  actor: Actor | OperatorCommand,
  context: Pick<Context, 'store' | 'limiter' | 'settings' | 'clock'>,
): Promise<{ readonly user: User; readonly wasEnabled: boolean }> {
  const user = await findUser(userId, context);
  const keys = await secondFactorKeys(user.id, context);
  const wasEnabled = await context.store.transaction(async (tx) => {
    const removed = await tx.secondFactors.remove(user.id);
    await tx.admin.limits.forget(keys);
    const target = { type: 'user', id: user.id };
    recordChange(actor, { action: 'user.second_factor_reset', target, details: { was_enabled: removed } }, tx);
    if (removed) await tellOwner({ user, change: 'second_factor_reset' }, tx, context);
    return removed;
  });
  // Redis, where it counts, has no part in the transaction.
  await context.limiter.reset(keys);
  return { user, wasEnabled };
}
