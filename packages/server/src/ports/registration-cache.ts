import type { Client } from '../model/client.js';
import type { ResourceRegistry } from '../model/resource.js';
import type { Scope } from '../model/scope.js';

/** What rarely changes, answered from a snapshot in this process that is thrown away when the database says so. */
export interface RegistrationCache {
  /** Also inactive clients: the caller decides. */
  client(clientId: string): Promise<Client | undefined>;
  scopes(): Promise<ReadonlyMap<string, Scope>>;
  resources(): Promise<ResourceRegistry>;
}
