import type { AuditEntry, AuditEvent, RecordedAuditEvent } from '../../../model/audit-event.js';
import { text } from '../sql.js';

/** Columns of `audit_events e`. */
export const AUDIT_EVENT = text`
  e.seq, e.at, e.action, e.outcome, e.actor_type, e.actor_id, e.actor_name, e.client_id, e.target_type, e.target_id, e.ip,
  e.user_agent, e.request_id, e.details, encode(authly_audit_digest(e), 'hex') as hash,
  (select s.number from audit_seals s where s.through_seq >= e.seq order by s.through_seq limit 1) as seal`;

export interface AuditEventRow {
  readonly seq: string;
  readonly at: Date;
  readonly action: AuditEvent['action'];
  readonly outcome: AuditEvent['outcome'];
  readonly actor_type: AuditEvent['actor']['type'];
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly client_id: string | null;
  readonly target_type: string | null;
  readonly target_id: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly request_id: string | null;
  readonly details: Record<string, unknown>;
  readonly hash: string;
  readonly seal: string | null;
}

export function toAuditEvent(row: AuditEventRow): RecordedAuditEvent {
  return {
    seq: Number(row.seq),
    at: row.at,
    action: row.action,
    outcome: row.outcome,
    actor: { type: row.actor_type, id: row.actor_id ?? undefined, name: row.actor_name ?? undefined },
    clientId: row.client_id ?? undefined,
    target: row.target_type === null ? undefined : { type: row.target_type, id: row.target_id ?? '' },
    ip: row.ip ?? undefined,
    userAgent: row.user_agent ?? undefined,
    requestId: row.request_id ?? undefined,
    details: row.details,
    hash: row.hash,
    seal: row.seal === null ? undefined : Number(row.seal),
  };
}

/** Columns that a new event has. */
export const AUDIT_EVENT_COLUMNS = text`
  at, action, outcome, actor_type, actor_id, actor_name, client_id, target_type, target_id, ip, user_agent, request_id, details`;

/** The names and types under which `auditEventRecord` goes to `json_to_recordset`. One list costs less than thirteen arrays. */
export const AUDIT_EVENT_RECORD = text`
  at timestamptz, action text, outcome text, actor_type text, actor_id text, actor_name text, client_id text,
  target_type text, target_id text, ip text, user_agent text, request_id text, details jsonb`;

/** A new event as a row. */
export function auditEventRecord(event: AuditEntry): object {
  return {
    at: event.at,
    action: event.action,
    outcome: event.outcome,
    actor_type: event.actor.type,
    actor_id: event.actor.id,
    actor_name: event.actor.name,
    client_id: event.clientId,
    target_type: event.target?.type,
    target_id: event.target?.id,
    ip: event.ip,
    user_agent: event.userAgent,
    request_id: event.requestId,
    details: event.details ?? {},
  };
}
