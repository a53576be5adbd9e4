import type { Received } from '@authly/admin-api';
import type { ChainedAuditEvent } from '../../model/audit-event.js';
import type { Context } from '../../ports/context.js';
import type { AuditFilter } from '../../ports/store/admin/audit-read.js';
import { AdminRefusal } from '../refusal.js';

type Query = Received<'exportAudit'>['query'];
type Needs = Pick<Context, 'store' | 'box' | 'hashing'>;

/** One page of events, newest first, and the way to the next. */
export async function auditPage(
  query: Received<'listAuditEvents'>['query'],
  context: Needs,
): Promise<{ readonly events: readonly ChainedAuditEvent[]; readonly nextCursor?: string }> {
  const { limit, cursor, ...rest } = query;
  const filter = filterOf(rest);
  const before = cursor === undefined ? undefined : openCursor(cursor, filter, context);
  // One more than asked for tells whether there is another page.
  const found = await context.store.admin.audit.newest(filter, { limit: limit + 1, before });
  const events = found.slice(0, limit);
  const last = events.at(-1);
  return { events, ...(found.length > limit && last && { nextCursor: sealCursor(last.seq, filter, context) }) };
}

/** Every event of a filter, oldest first, read in pages while it is being sent. */
export async function* allAuditEvents(
  query: Query,
  context: Pick<Context, 'store'>,
): AsyncGenerator<ChainedAuditEvent> {
  const filter = filterOf(query);
  for (let after = 0; ; ) {
    const events = await context.store.admin.audit.oldest(filter, { limit: EXPORT_PAGE, after });
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

/** Sealed, so that nobody can forge one, and tied to the filter that it continues. */
function sealCursor(seq: number, filter: AuditFilter, context: Needs): string {
  return context.box.seal(String(seq), cursorContext(filter, context)).toString('base64url');
}

function openCursor(cursor: string, filter: AuditFilter, context: Needs): number {
  const opened = /^[A-Za-z0-9_-]+$/.test(cursor)
    ? context.box.open(Buffer.from(cursor, 'base64url'), cursorContext(filter, context))
    : undefined;
  if (opened) return Number(opened.toString());
  throw new AdminRefusal('INVALID_REQUEST', 'cursor is not one that this server gave for these filters', {
    errors: [{ field: 'cursor', message: 'cursor is not one that this server gave for these filters' }],
  });
}

function cursorContext(filter: AuditFilter, { hashing }: Pick<Needs, 'hashing'>): string {
  return `audit-cursor:${hashing.tokenHash(JSON.stringify(filter))}`;
}
