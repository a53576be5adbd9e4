/** Transactions end in another order than they took their numbers in. */
import { setTimeout } from 'node:timers/promises';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

const PAUSE_MS = 10;
const LONGEST_WAIT_MS = 5000;

/**
 * A number up to which no event can appear any more: whoever took one of these numbers has committed or given up. `undefined` when
 * somebody keeps a transaction open for so long that this cannot be said now. All on one connection: when that is lost, the database
 * may be another one than before, and nothing that was seen in the old one counts.
 *
 * Whoever takes a number holds a lock of the table to the end of the transaction, and took it before the number. So: first the
 * last number, then who holds such a lock, and when none of these holds it any more, all numbers up to that one are decided.
 */
export async function lastSettled(connection: Queryable): Promise<number | undefined> {
  const [last] = await connection.query<{ seq: string }>(
    sql`select case when is_called then last_value else 0 end as seq from audit_events_seq_seq`,
  );
  let waitedFor = await writers(connection);
  for (let waited = 0; waitedFor.length > 0; waited += PAUSE_MS) {
    if (waited >= LONGEST_WAIT_MS) return undefined;
    await setTimeout(PAUSE_MS);
    const still = new Set(await writers(connection));
    waitedFor = waitedFor.filter((writer) => still.has(writer));
  }
  return Number(last?.seq ?? 0);
}

async function writers(connection: Queryable): Promise<readonly string[]> {
  const rows = await connection.query<{ writer: string }>(sql`
    select virtualtransaction as writer from pg_locks
     where locktype = 'relation' and mode = 'RowExclusiveLock' and granted
       and database = (select oid from pg_database where datname = current_database())
       and relation = 'audit_events'::regclass`);
  return rows.map(({ writer }) => writer);
}
