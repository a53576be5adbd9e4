import type { UserId } from '@authly/oauth';
import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';
import { refuseStale } from '../refusal.js';
import { lastAdmin } from './change-user.js';
import { findUser, userNotFound } from './find-user.js';

/** Removes an account with its sessions, grants, consents and API keys. */
export async function removeUser(
  request: { readonly userId: string; readonly ifVersion: number | undefined },
  actor: Actor,
  context: Pick<Context, 'store' | 'clock'>,
): Promise<void> {
  const { userId, ifVersion } = request;
  const { username } = await findUser(userId, context);
  await context.store.transaction(async (tx) => {
    // While it is known which applications have to be told.
    await tx.sessions.end({ userId: userId as UserId }, context.clock.now(), 'user_deactivated');
    const outcome = await tx.users.remove(userId as UserId, { ifVersion });
    // What is refused is undone as a whole.
    if (outcome === 'unknown') throw userNotFound();
    if (outcome === 'stale') throw refuseStale('user');
    if (outcome === 'last_admin') throw lastAdmin();
    recordChange(actor, { action: 'user.deleted', target: { type: 'user', id: userId }, details: { username } }, tx);
  });
}
