import type { RecordedAuditEvent } from '../../../model/audit-event.js';
import type { AuditFilter, AuditReadStore } from '../../../ports/store/admin/audit-read.js';
import { lastSettled } from '../audit/last-settled.js';
import type { Pool } from '../pool.js';
import { AUDIT_EVENT, type AuditEventRow, toAuditEvent } from '../rows/audit-event.js';
import { type SqlText, sql, text, skipPreparing } from '../sql.js';

export function auditRead(pool: Pool): AuditReadStore {
  return {
    newest: (filter, { limit, before }) => page(pool, filter, { limit, before, direction: NEWEST_FIRST }),
    oldest: (filter, { limit, after, through }) =>
      page(pool, filter, { limit, after, before: through + 1, direction: OLDEST_FIRST }),
    lastSettled: () => pool.use(lastSettled),
  };
}

const NEWEST_FIRST = text`desc`;
const OLDEST_FIRST = text`asc`;

interface Page {
  readonly limit: number;
  readonly after?: number;
  readonly before?: number;
  readonly direction: SqlText;
}

async function page(
  pool: Pool,
  filter: AuditFilter,
  { limit, after, before, direction }: Page,
): Promise<readonly RecordedAuditEvent[]> {
  const isFamily = filter.action?.endsWith('.') ?? false;
  const rows = await pool.query<AuditEventRow>(
    skipPreparing(sql`
    select ${AUDIT_EVENT} from audit_events e
     where (${after}::bigint is null or e.seq > ${after})
       and (${before}::bigint is null or e.seq < ${before})
       and (${filter.action}::text is null or e.action = ${filter.action}
            or (${isFamily}::boolean and starts_with(e.action, ${filter.action}::text)))
       and (${filter.outcome}::text is null or e.outcome = ${filter.outcome})
       and (${filter.actor}::text is null or e.actor_id = ${filter.actor} or e.actor_name = ${filter.actor})
       and (${filter.clientId}::text is null or e.client_id = ${filter.clientId})
       and (${filter.targetType}::text is null or e.target_type = ${filter.targetType})
       and (${filter.targetId}::text is null or e.target_id = ${filter.targetId})
       and (${filter.ip}::text is null or e.ip = ${filter.ip})
       and (${filter.requestId}::text is null or e.request_id = ${filter.requestId})
       and (${filter.since}::timestamptz is null or e.at >= ${filter.since})
       and (${filter.until}::timestamptz is null or e.at < ${filter.until})
     order by e.seq ${direction} limit ${limit}`),
  );
  return rows.map(toAuditEvent);
}
