import type { AuditReadStore } from './audit-read.js';
import type { ClientAdminStore, ScopeAdminStore } from './registrations.js';
import type { IdempotencyStore } from './idempotency.js';
import type { StatisticsStore } from './statistics.js';
import type { TokenListStore } from './token-list.js';
import type { UserListStore } from './user-list.js';

/** What only administration asks of the store: lists, counts, removals. */
export interface AdminStore {
  readonly users: UserListStore;
  readonly clients: ClientAdminStore;
  readonly scopes: ScopeAdminStore;
  readonly tokens: TokenListStore;
  readonly audit: AuditReadStore;
  readonly statistics: StatisticsStore;
  readonly idempotency: IdempotencyStore;
}
