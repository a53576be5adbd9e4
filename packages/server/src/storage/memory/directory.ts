import type { Directory } from '../../ports/directory.js';
import type { CoreStore } from './store.js';

/** No snapshot is needed where the store is in memory itself. */
export function createMemoryDirectory(store: Pick<CoreStore, 'clients' | 'scopes'>): Directory {
  return {
    client: (clientId) => store.clients.find(clientId),
    scopes: async () => new Map((await store.scopes.all()).map((scope) => [scope.name, scope])),
  };
}
