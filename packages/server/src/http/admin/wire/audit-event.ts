import type { Reply } from '@authly/admin-api';
import type { RecordedAuditEvent } from '../../../model/audit-event.js';
import { iso } from './time.js';

/** An event as it stands in the log. */
export function auditEventReply(event: RecordedAuditEvent): Reply<'exportAudit'> {
  return {
    seq: event.seq,
    at: iso(event.at),
    action: event.action,
    outcome: event.outcome,
    actor: { type: event.actor.type, id: event.actor.id ?? null, name: event.actor.name ?? null },
    client_id: event.clientId ?? null,
    target: event.target ? { type: event.target.type, id: event.target.id } : null,
    ip: event.ip ?? null,
    user_agent: event.userAgent ?? null,
    request_id: event.requestId ?? null,
    details: { ...event.details },
    hash: event.hash,
    seal: event.seal ?? null,
  };
}
