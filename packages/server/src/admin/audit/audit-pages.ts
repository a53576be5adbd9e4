import type { Received } from '@authly/admin-api';
import type { RecordedAuditEvent } from '../../model/audit-event.js';
import type { Context } from '../../ports/context.js';
import type { AuditFilter } from '../../ports/store/admin/audit-read.js';
import { DatabaseUnavailableError } from '../../ports/store/unavailable.js';
import { openCursor, sealCursor } from '../page-cursor.js';

type Query = Received<'exportAudit'>['query'];
type Needs = Pick<Context, 'store' | 'box' | 'hashing'>;

/** One page of events, newest first, and the way to the next. */
export async function auditPage(
  query: Received<'listAuditEvents'>['query'],
  context: Needs,
): Promise<{ readonly events: readonly RecordedAuditEvent[]; readonly nextCursor?: string }> {
  const { limit, cursor, ...rest } = query;
  const filter = filterOf(rest);
  const owner = { list: 'audit', filter };
  const before = cursor === undefined ? undefined : Number(openCursor(cursor, owner, context));
  // One more than asked for tells whether there is another page.
  const found = await context.store.admin.audit.newest(filter, { limit: limit + 1, before });
  const events = found.slice(0, limit);
  const last = events.at(-1);
  return { events, ...(found.length > limit && last && { nextCursor: sealCursor(String(last.seq), owner, context) }) };
}

/**
 * Every event of a filter, oldest first, read in pages while it is being sent. It ends where nothing can be committed late any more:
 * who goes on from its end the next time leaves nothing out.
 */
export async function* allAuditEvents(
  query: Query,
  context: Pick<Context, 'store'>,
): AsyncGenerator<RecordedAuditEvent> {
  const filter = filterOf(query);
  const through = await context.store.admin.audit.lastSettled();
  if (through === undefined)
    throw new DatabaseUnavailableError(new Error('a transaction that writes events stays open'));
  for (let after = 0; ; ) {
    const events = await context.store.admin.audit.oldest(filter, { limit: EXPORT_PAGE, after, through });
    yield* events;
    const last = events.at(-1);
    if (!last || events.length < EXPORT_PAGE) return;
    after = last.seq;
  }
}

const EXPORT_PAGE = 500;

function filterOf(query: Query): AuditFilter {
  return {
    action: query.action,
    outcome: query.outcome,
    actor: query.actor,
    clientId: query.client_id,
    targetType: query.target_type,
    targetId: query.target_id,
    ip: query.ip,
    requestId: query.request_id,
    since: query.since === undefined ? undefined : new Date(query.since),
    until: query.until === undefined ? undefined : new Date(query.until),
  };
}
