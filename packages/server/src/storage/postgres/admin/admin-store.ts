/** What only administration asks of PostgreSQL. */
import type { AdminStore } from '../../../ports/store/admin/admin-store.js';
import type { Pool } from '../pool.js';
import { auditRead } from './audit-read.js';
import { clientAdmin } from './clients.js';
import { idempotency } from './idempotency.js';
import { scopeAdmin } from './scopes.js';
import { statistics } from './statistics.js';
import { tokenList } from './token-list.js';
import { userList } from './user-list.js';

/** `onChange` is told the table of a change that this process may hold a snapshot of. */
export function adminStore(pool: Pool, onChange: (table: string) => void): AdminStore {
  const clients = clientAdmin(pool);
  const scopes = scopeAdmin(pool);
  return {
    users: userList(pool),
    clients: {
      ...clients,
      remove: (...request) => clients.remove(...request).finally(() => onChange('oauth_clients')),
    },
    scopes: {
      // A scope that goes is taken from clients too.
      remove: (...request) =>
        scopes.remove(...request).finally(() => {
          onChange('oauth_scopes');
          onChange('oauth_clients');
        }),
    },
    tokens: tokenList(pool),
    audit: auditRead(pool),
    statistics: statistics(pool),
    idempotency: idempotency(pool),
  };
}
