/** Events are plain inserts: they lock nothing that others want, and wait for nobody else's commit. */
import type { AuditEntry } from '../../../model/audit-event.js';
import type { Queryable } from '../pool.js';
import { AUDIT_EVENT_COLUMNS, AUDIT_EVENT_RECORD, auditEventRecord } from '../rows/audit-event.js';
import { json, sql, text } from '../sql.js';

/** Appends events in a statement that does nothing else. */
export async function appendEvents(db: Queryable, events: readonly AuditEntry[]): Promise<undefined[]> {
  await db.count(sql`
    with given as (select ${eventRecords(events)}::json as events)
    ${INSERT_EVENTS}`);
  return events.map(() => undefined);
}

/**
 * An insert to stand inside the `with` of any statement, after a part `given` whose column `events` holds `eventRecords`: the
 * events are stored with whatever else the statement does, or not at all. A statement that records only under a condition
 * writes this insert out with its own `from`.
 */
export const INSERT_EVENTS = text`
    insert into audit_events (${AUDIT_EVENT_COLUMNS})
    select ${AUDIT_EVENT_COLUMNS} from given, json_to_recordset(given.events) as event(${AUDIT_EVENT_RECORD})`;

/** The same for the events of rows that the statement decides about: after a part `told`, whose column `entry` holds one record. */
export const INSERT_TOLD_EVENTS = text`
    insert into audit_events (${AUDIT_EVENT_COLUMNS})
    select ${AUDIT_EVENT_COLUMNS} from told, json_to_record(told.entry) as event(${AUDIT_EVENT_RECORD})`;

/** Events as `INSERT_EVENTS` takes them. */
export function eventRecords(events: readonly AuditEntry[]): ReturnType<typeof json> {
  return json(events.map(auditEventRecord));
}
