import { storable, type UnchainedEvent } from '../../audit/chain.js';
import type { Queryable } from '../pool.js';
import { sql, text } from '../sql.js';

/** Appends events in a statement that does nothing else. */
export async function appendEvents(db: Queryable, events: readonly UnchainedEvent[]): Promise<undefined[]> {
  await db.count(sql`
    with recursive given as (
      select ${eventRecords(events)}::json as events
    ), ${APPENDED}
    update audit_head set seq = chain.seq, hash = chain.hash from chain where chain.place = ${events.length}`);
  return events.map(() => undefined);
}

/**
 * Parts of a recursive `with` after `given`, whose column `events` has the records. Whoever appends holds the row of
 * `audit_head` until its commit and finds there what the one before has left, so `seq` has no gaps and no number is given
 * twice, however many workers and nodes append. The statement itself writes the last link of `chain` into that row.
 */
export const APPENDED = text`
    head as (
      select seq, hash from audit_head for update
    ), incoming as materialized (
      select listed.place, listed.payload::text as payload, r.at, r.action, r.outcome, r.actor ->> 'type' as actor_type,
             r.actor ->> 'id' as actor_id, r.actor ->> 'name' as actor_name, r."clientId" as client_id,
             r.target ->> 'type' as target_type, r.target ->> 'id' as target_id, r.ip, r."userAgent" as user_agent,
             r."requestId" as request_id, r.details
        from given, json_array_elements(given.events) with ordinality as listed(payload, place),
             json_to_record(listed.payload) as r(action text, actor json, at timestamptz, "clientId" text, details jsonb,
             ip text, outcome text, "requestId" text, target json, "userAgent" text)
    ), chain as (
      select 0::bigint as place, head.seq, head.hash, null::text as previous_hash from head
      union all
      select i.place, c.seq + 1,
             encode(sha256(convert_to(c.hash || chr(10) || (c.seq + 1) || chr(10) || i.payload, 'UTF8')), 'hex'), c.hash
        from chain c join incoming i on i.place = c.place + 1
    ), appended as (
      insert into audit_events
        (seq, at, action, outcome, actor_type, actor_id, actor_name, client_id, target_type, target_id, ip, user_agent,
         request_id, details, previous_hash, hash)
      select c.seq, i.at, i.action, i.outcome, i.actor_type, i.actor_id, i.actor_name, i.client_id, i.target_type,
             i.target_id, i.ip, i.user_agent, i.request_id, i.details, c.previous_hash, c.hash
        from incoming i join chain c on c.place = i.place
    )`;

/** Events as `APPENDED` takes them: a list of payloads, letter by letter as the hashes cover them. */
export function eventRecords(events: readonly UnchainedEvent[]): string {
  return `[${events.map((event) => storable(event).payload).join(',')}]`;
}
