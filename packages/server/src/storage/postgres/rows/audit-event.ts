import type { AuditEvent, ChainedAuditEvent } from '../../../model/audit-event.js';
import { text } from '../sql.js';

/** Columns of `audit_events`. */
export const AUDIT_EVENT = text`
  seq, at, action, outcome, actor_type, actor_id, actor_name, client_id, target_type, target_id, ip, user_agent, request_id,
  details, previous_hash, hash`;

export interface AuditEventRow {
  readonly seq: string;
  readonly at: Date;
  readonly action: string;
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
  readonly previous_hash: string;
  readonly hash: string;
}

export function toAuditEvent(row: AuditEventRow): ChainedAuditEvent {
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
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
