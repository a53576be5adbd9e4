import type { ChainedAuditEvent } from '../../../model/audit-event.js';
import type { AuditLog, AuditQuery, AuditTrail } from '../../../ports/audit.js';
import { GENESIS } from '../../audit/chain.js';
import { verifyChain } from '../../audit/verify.js';
import type { Pool } from '../pool.js';
import { AUDIT_EVENT, type AuditEventRow, toAuditEvent } from '../rows/audit-event.js';
import { sql } from '../sql.js';

/** Reads of the log: all keyset pages over its primary key. */
export function auditTrail(pool: Pool): AuditTrail & Pick<AuditLog, 'recentOf'> {
  return {
    list: (query) => list(pool, query),
    recentOf: (userId, page) => recentOf(pool, userId, page),
    verify: async (anchor) => {
      const [head] = await pool.query<{ seq: string; hash: string }>(sql`select seq, hash from audit_head`);
      const end = { seq: Number(head?.seq ?? 0), hash: head?.hash ?? GENESIS };
      return await verifyChain(pages(pool), { head: end, anchor });
    },
  };
}

const PAGE = 1000;

async function* pages(pool: Pool): AsyncGenerator<readonly ChainedAuditEvent[]> {
  for (let after = 0; ; ) {
    const rows = await pool.query<AuditEventRow>(sql`
      select ${AUDIT_EVENT} from audit_events where seq > ${after} order by seq limit ${PAGE}`);
    const events = rows.map(toAuditEvent);
    const last = events.at(-1);
    if (last === undefined) return;
    yield events;
    after = last.seq;
  }
}

async function list(pool: Pool, query: AuditQuery): Promise<readonly ChainedAuditEvent[]> {
  const isPrefix = query.action?.endsWith('.') ?? false;
  const rows = await pool.query<AuditEventRow>(sql`
    select ${AUDIT_EVENT} from audit_events
     where (${query.before}::bigint is null or seq < ${query.before})
       and (${query.action}::text is null or action = ${query.action}
            or (${isPrefix}::boolean and starts_with(action, ${query.action})))
       and (${query.outcome}::text is null or outcome = ${query.outcome})
       and (${query.actorId}::text is null or actor_id = ${query.actorId})
       and (${query.clientId}::text is null or client_id = ${query.clientId})
       and (${query.targetId}::text is null or target_id = ${query.targetId})
       and (${query.since}::timestamptz is null or at >= ${query.since})
       and (${query.until}::timestamptz is null or at < ${query.until})
     order by seq desc limit ${query.limit}`);
  return rows.map(toAuditEvent);
}

/** Each half has an index of its own that ends in seq. */
async function recentOf(
  pool: Pool,
  userId: string,
  { actions, limit, before }: Parameters<AuditLog['recentOf']>[1],
): Promise<readonly ChainedAuditEvent[]> {
  const rows = await pool.query<AuditEventRow>(sql`
    select ${AUDIT_EVENT} from (
      (select * from audit_events
        where actor_id = ${userId} and actor_type = 'user' and action = any(${actions}::text[])
          and (${before}::bigint is null or seq < ${before})
        order by seq desc limit ${limit})
      union
      (select * from audit_events
        where target_id = ${userId} and target_type = 'user' and action = any(${actions}::text[])
          and (${before}::bigint is null or seq < ${before})
        order by seq desc limit ${limit})
    ) both_sides
     order by seq desc limit ${limit}`);
  return rows.map(toAuditEvent);
}
