import type { User } from '../../model/user.js';
import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';
import { countEverything } from '../sessions/revoke-sessions.js';
import { endEverything } from './change-user.js';
import { findUser, userNotFound } from './find-user.js';
import { temporaryPassword } from './temporary-password.js';

/** Replaces a password with a temporary one, which is in the result and nowhere else, and signs the person out everywhere. */
export async function resetPassword(
  userId: string,
  actor: Actor,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'passwords' | 'audit'>,
): Promise<{ readonly user: User; readonly password: string; readonly ended: number }> {
  const user = await findUser(userId, context);
  const password = temporaryPassword(context.random);
  const hash = await context.passwords.hash(password);
  const ended = await countEverything(user.id, context);
  const now = context.clock.now();
  if (!(await context.store.users.setPassword(user.id, hash, { now, requiresChange: true }))) throw userNotFound();
  await endEverything(user.id, 'password_changed', context);
  await recordChange(
    actor,
    { action: 'user.password_reset', target: { type: 'user', id: user.id }, details: { ended_sessions: ended } },
    context,
  );
  return { user, password, ended };
}
