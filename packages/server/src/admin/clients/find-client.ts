import type { Client } from '../../model/client.js';
import type { ClientStore } from '../../ports/store/registrations/registrations.js';
import { AdminRefusal } from '../refusal.js';

/** A client by its id, active or not. Read from the database, not from a snapshot: an administrator sees their own changes. */
export async function findClient(
  clientId: string,
  { store }: { readonly store: { readonly clients: Pick<ClientStore, 'find'> } },
): Promise<Client> {
  const client = await store.clients.find(clientId);
  if (!client) throw clientNotFound(clientId);
  return client;
}

export function clientNotFound(clientId: string): AdminRefusal {
  return new AdminRefusal(
    'CLIENT_NOT_FOUND',
    `Client not found: '${clientId.slice(0, 255)}' does not exist or was deleted.`,
  );
}
