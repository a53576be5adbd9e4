/** The audit log in PostgreSQL: events are appended in batches, sealed a moment later, and compared with their seals on demand. */
import type { UserId } from '@authly/oauth';
import type { AuditEntry, RecordedAuditEvent } from '../../../model/audit-event.js';
import type { AuditLog } from '../../../ports/audit.js';
import type { Clock } from '../../../ports/clock.js';
import type { SecretBox } from '../../../ports/crypto/secret-box.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import type { Pool } from '../pool.js';
import { AUDIT_EVENT, type AuditEventRow, toAuditEvent } from '../rows/audit-event.js';
import { sql } from '../sql.js';
import { appendEvents } from './append.js';
import { AuditHeadError, isWhole, readHead } from './head.js';
import { removeSealedEvents } from './retention.js';
import { restoreHead } from './restore.js';
import { sealEvents } from './seal.js';
import { verifyEvents } from './verify.js';

export interface PostgresAuditLog extends AuditLog, Flushable {
  /** Seals what has been committed until now. Throws AuditHeadError when the end of the log is not what was written. */
  seal(): Promise<void>;
  /** Removes what was sealed before then, and records that. */
  removeSealedBefore(time: Date): Promise<void>;
  /** Makes the end of the log anew from its last seal, for an operator who has looked at it; a whole log stays as it is. */
  restoreHead(): Promise<void>;
}

export interface AuditLogOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly box: SecretBox;
}

export function createPostgresAuditLog({ pool, clock, box }: AuditLogOptions): PostgresAuditLog {
  const events = groupCommit<AuditEntry>({ write: (rows) => appendEvents(pool, rows) });
  return {
    record: (event, origin) => events.add({ ...event, ...origin, at: clock.now() }),
    flush: () => events.flush(),
    recentOf: (userId, page) => recentOf(pool, userId, page),
    seal: () => sealEvents(pool, box),
    removeSealedBefore: (sealedBefore) => removeSealedEvents(pool, box, { sealedBefore, at: clock.now() }),
    restoreHead: () => restoreHead(pool, box, clock.now()),
    state: async () => {
      const head = await readHead(pool, box);
      if (head === undefined) return 'cannot record';
      return isWhole(head) ? 'ok' : 'cannot seal';
    },
    verify: async (range = {}) => {
      // A log whose end is gone is reported all the same.
      await sealEvents(pool, box).catch(rethrowUnless(AuditHeadError));
      return await verifyEvents(pool, box, range);
    },
  };
}

function rethrowUnless(expected: typeof AuditHeadError): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof expected)) throw error;
  };
}

/** Each half has an index of its own that ends in seq. */
async function recentOf(
  pool: Pool,
  userId: UserId,
  { actions, limit, before }: Parameters<AuditLog['recentOf']>[1],
): Promise<readonly RecordedAuditEvent[]> {
  const rows = await pool.query<AuditEventRow>(sql`
    select ${AUDIT_EVENT} from audit_events e
     where e.seq in (
       (select seq from audit_events
         where actor_id = ${userId} and actor_type = 'user' and action = any(${actions}::text[])
           and (${before}::bigint is null or seq < ${before})
         order by seq desc limit ${limit})
       union
       (select seq from audit_events
         where target_id = ${userId} and target_type = 'user' and action = any(${actions}::text[])
           and (${before}::bigint is null or seq < ${before})
         order by seq desc limit ${limit})
     )
     order by e.seq desc limit ${limit}`);
  return rows.map(toAuditEvent);
}
