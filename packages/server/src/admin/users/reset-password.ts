import { tellOwner } from '../../identity/notice.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { type Actor, type OperatorCommand, recordChange } from '../actor.js';
import { countEverything } from '../sessions/revoke-sessions.js';
import { endEverything } from './change-user.js';
import { findUser, userNotFound } from './find-user.js';
import { temporaryPassword } from './temporary-password.js';

/** Replaces a password with a temporary one, which is in the result and nowhere else, and signs the person out everywhere. */
export async function resetPassword(
  userId: string,
  actor: Actor | OperatorCommand,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'passwords' | 'settings'>,
): Promise<{ readonly user: User; readonly password: string; readonly ended: number }> {
  const user = await findUser(userId, context);
  const password = temporaryPassword(context.random);
  const hash = await context.passwords.hash(password);
  const now = context.clock.now();
  return await context.store.transaction(async (tx) => {
    if (!(await tx.users.setPassword(user.id, hash, { now, requiresChange: true }))) throw userNotFound();
    const ended = await countEverything(user.id, { store: tx, clock: context.clock });
    await endEverything(user.id, { reason: 'password_changed', now }, tx);
    recordChange(
      actor,
      { action: 'user.password_reset', target: { type: 'user', id: user.id }, details: { ended_sessions: ended } },
      tx,
    );
    await tellOwner({ user, change: 'password_reset' }, tx, context);
    return { user, password, ended };
  });
}
