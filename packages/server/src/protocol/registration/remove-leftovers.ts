import type { Context } from '../../ports/context.js';

const IDLE_DAYS = 90;
const DAY_MS = 86_400_000;
const BATCH = 500;

/** Clients that registered themselves and are used by nobody go; one with a living login stays, whatever its age. */
export async function removeLeftoverClients(
  now: Date,
  { store, settings }: Pick<Context, 'store' | 'settings'>,
): Promise<void> {
  await store.selfRegistered.noteUse(now);
  const wish = {
    unusedBefore: new Date(now.getTime() - settings['clients.unused_after'] * 1000),
    idleBefore: new Date(now.getTime() - IDLE_DAYS * DAY_MS),
    most: settings['clients.registered_max'],
    now,
    limit: BATCH,
  };
  for (;;) {
    const removed = await store.transaction(async (tx) => {
      const leftovers = await tx.selfRegistered.removeLeftovers(wish);
      for (const { clientId, name } of leftovers)
        tx.record(
          {
            action: 'client.expired',
            outcome: 'success',
            actor: { type: 'system', name: 'clients' },
            target: { type: 'client', id: clientId },
            details: { client_name: name },
          },
          {},
        );
      return leftovers.length;
    });
    if (removed < BATCH) return;
  }
}
