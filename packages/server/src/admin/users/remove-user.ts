import type { UserId } from '@authly/oauth';
import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';
import { stale } from '../refusal.js';
import { lastAdmin } from './change-user.js';
import { findUser, userNotFound } from './find-user.js';

/** Removes an account with its sessions, grants, consents and API keys. */
export async function removeUser(
  request: { readonly userId: string; readonly ifVersion: number | undefined },
  actor: Actor,
  context: Pick<Context, 'store'>,
): Promise<void> {
  const { userId, ifVersion } = request;
  const { username } = await findUser(userId, context);
  const removal = await context.store.transaction(async (tx) => {
    const outcome = await tx.users.remove(userId as UserId, { ifVersion });
    if (outcome === 'removed')
      recordChange(actor, { action: 'user.deleted', target: { type: 'user', id: userId }, details: { username } }, tx);
    return outcome;
  });
  switch (removal) {
    case 'unknown':
      throw userNotFound();
    case 'stale':
      throw stale('user');
    case 'last_admin':
      throw lastAdmin();
    case 'removed':
      return;
  }
}
