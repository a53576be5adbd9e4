import type { ChainedAuditEvent } from '../../../model/audit-event.js';
import type { AuditFilter, AuditReadStore } from '../../../ports/store/admin/audit-read.js';
import { reportChain } from '../../audit/report.js';
import type { Pool } from '../pool.js';
import { AUDIT_EVENT, type AuditEventRow, toAuditEvent } from '../rows/audit-event.js';
import { type Statement, sql } from '../sql.js';

export function auditRead(pool: Pool): AuditReadStore {
  return {
    newest: async (filter, { limit, before }) => {
      const rows = await pool.query<AuditEventRow>(
        planned(sql`
        select ${AUDIT_EVENT} from audit_events
         where (${before}::bigint is null or seq < ${before})
           and (${filter.action}::text is null or action = ${filter.action}
                or (${isFamily(filter)}::boolean and starts_with(action, ${filter.action}::text)))
           and (${filter.outcome}::text is null or outcome = ${filter.outcome})
           and (${filter.actor}::text is null or actor_id = ${filter.actor} or actor_name = ${filter.actor})
           and (${filter.clientId}::text is null or client_id = ${filter.clientId})
           and (${filter.targetType}::text is null or target_type = ${filter.targetType})
           and (${filter.targetId}::text is null or target_id = ${filter.targetId})
           and (${filter.ip}::text is null or ip = ${filter.ip})
           and (${filter.requestId}::text is null or request_id = ${filter.requestId})
           and (${filter.since}::timestamptz is null or at >= ${filter.since})
           and (${filter.until}::timestamptz is null or at < ${filter.until})
         order by seq desc limit ${limit}`),
      );
      return rows.map(toAuditEvent);
    },
    oldest: async (filter, { limit, after }) => {
      const rows = await pool.query<AuditEventRow>(
        planned(sql`
        select ${AUDIT_EVENT} from audit_events
         where seq > ${after}
           and (${filter.action}::text is null or action = ${filter.action}
                or (${isFamily(filter)}::boolean and starts_with(action, ${filter.action}::text)))
           and (${filter.outcome}::text is null or outcome = ${filter.outcome})
           and (${filter.actor}::text is null or actor_id = ${filter.actor} or actor_name = ${filter.actor})
           and (${filter.clientId}::text is null or client_id = ${filter.clientId})
           and (${filter.targetType}::text is null or target_type = ${filter.targetType})
           and (${filter.targetId}::text is null or target_id = ${filter.targetId})
           and (${filter.ip}::text is null or ip = ${filter.ip})
           and (${filter.requestId}::text is null or request_id = ${filter.requestId})
           and (${filter.since}::timestamptz is null or at >= ${filter.since})
           and (${filter.until}::timestamptz is null or at < ${filter.until})
         order by seq limit ${limit}`),
      );
      return rows.map(toAuditEvent);
    },
    check: (range) => check(pool, range),
  };
}

function isFamily(filter: AuditFilter): boolean {
  return filter.action?.endsWith('.') ?? false;
}

/** Without a name it is planned for its values: conditions that were not asked for fall away. */
function planned(statement: Statement): Statement {
  return { ...statement, name: '' };
}

async function check(pool: Pool, range: { readonly fromSeq?: number; readonly toSeq?: number }) {
  const [end] = await pool.query<{ seq: string; hash: string }>(sql`select seq, hash from audit_head`);
  const head = { seq: Number(end?.seq ?? 0), hash: end?.hash ?? '' };
  const first = range.fromSeq ?? 1;
  const through = Math.min(range.toSeq ?? head.seq, head.seq);
  const from = first > 1 ? await linkAt(pool, first - 1) : undefined;
  return reportChain(pages(pool, first, through), { from, head: through === head.seq ? head : undefined, through });
}

/** The event before a part; when it is missing itself, the part is held against nothing and its first event is unlinked. */
async function linkAt(pool: Pool, seq: number): Promise<{ readonly seq: number; readonly hash: string }> {
  const [row] = await pool.query<{ hash: string }>(sql`select hash from audit_events where seq = ${seq}`);
  return { seq, hash: row?.hash ?? '' };
}

const PAGE = 1000;

async function* pages(pool: Pool, first: number, through: number): AsyncGenerator<readonly ChainedAuditEvent[]> {
  for (let after = first - 1; ; ) {
    const rows = await pool.query<AuditEventRow>(sql`
      select ${AUDIT_EVENT} from audit_events where seq > ${after} and seq <= ${through} order by seq limit ${PAGE}`);
    const events = rows.map(toAuditEvent);
    const last = events.at(-1);
    if (last === undefined) return;
    yield events;
    after = last.seq;
  }
}
