import type { Client } from '../../model/client.js';
import type { Resource } from '../../model/resource.js';

/** Whether a client may ask for tokens for a resource: any, where it is open; else the clients that are listed. Our own client may ask for all. */
export function mayUse(client: Client, { isOpen, clients }: Resource): boolean {
  return isOpen || client.isSystem || clients.includes(client.clientId);
}
