/** The audit log in PostgreSQL: appended in batches, chained by the database. */
import type { Clock } from '../../ports/clock.js';
import type { AuditLog, AuditTrail } from '../../ports/audit.js';
import type { UnchainedEvent } from '../audit/chain.js';
import { appendEvents } from './audit/append.js';
import { auditTrail } from './audit/trail.js';
import { type Flushable, groupCommit } from './group-commit.js';
import type { Pool } from './pool.js';

export function createPostgresAuditLog({
  pool,
  clock,
}: {
  readonly pool: Pool;
  readonly clock: Clock;
}): AuditLog & AuditTrail & Flushable {
  const events = groupCommit<UnchainedEvent>({ write: (rows) => appendEvents(pool, rows) });
  return {
    record: (event, origin) => events.add({ ...event, ...origin, at: clock.now() }),
    flush: () => events.flush(),
    ...auditTrail(pool),
  };
}
