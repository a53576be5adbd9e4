/** The audit log of a database, written and read as a worker does. */
import type { RecordedAuditEvent } from '../../../src/model/audit-event.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { AuditFilter } from '../../../src/ports/store/admin/audit-read.ts';
import { createSecretBox } from '../../../src/platform/secret-box.ts';
import { systemRandom } from '../../../src/platform/system-random.ts';
import { auditRead } from '../../../src/storage/postgres/admin/audit-read.ts';
import { createPostgresAuditLog, type PostgresAuditLog } from '../../../src/storage/postgres/audit/audit-log.ts';
import type { Pool } from '../../../src/storage/postgres/pool.ts';

export interface TestAuditLog extends PostgresAuditLog {
  /** Newest first. */
  list(filter: AuditFilter, limit: number, before?: number): Promise<readonly RecordedAuditEvent[]>;
}

/** All of them have the same key, as the servers of one installation do. */
export const BOX = createSecretBox('a-master-key-of-the-tests', systemRandom);

export function openAuditLog(pool: Pool, clock: Clock): TestAuditLog {
  return {
    ...createPostgresAuditLog({ pool, clock, box: BOX }),
    list: (filter, limit, before) => auditRead(pool).newest(filter, { limit, before }),
  };
}
