import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal, refuseStale } from '../refusal.js';
import { clientNotFound } from './find-client.js';

/** Removes a client. Its tokens die with it, at once and for good. */
export async function removeClient(
  request: { readonly clientId: string; readonly ifVersion: number | undefined },
  actor: Actor,
  context: Pick<Context, 'store' | 'clock'>,
): Promise<void> {
  const { clientId, ifVersion } = request;
  const removal = await context.store.transaction(async (tx) => {
    const outcome = await tx.admin.clients.remove(clientId, { now: context.clock.now(), ifVersion });
    if (outcome === 'removed')
      recordChange(actor, { action: 'client.deleted', target: { type: 'client', id: clientId } }, tx);
    return outcome;
  });
  switch (removal) {
    case 'unknown':
      throw clientNotFound(clientId);
    case 'stale':
      throw refuseStale('client');
    case 'protected':
      throw new AdminRefusal('PROTECTED', 'The server itself needs this client; it cannot be deleted');
    case 'removed':
      return;
  }
}
