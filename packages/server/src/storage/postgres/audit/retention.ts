/** Takes the oldest part of the log away, in whole seals, and signs where the log begins from then on. */
import type { AuditEntry } from '../../../model/audit-event.js';
import type { SecretBox } from '../../../ports/crypto/secret-box.js';
import type { Pool, Queryable } from '../pool.js';
import { sql } from '../sql.js';
import { transaction } from '../transaction.js';
import { appendEvents } from './append.js';
import { AuditHeadError, isWhole, lockHead, writeHead } from './head.js';

export interface Retention {
  /** Of the database's clock, as the times of the seals are. */
  readonly sealedBefore: Date;
  /** The time of the event that tells of it. */
  readonly at: Date;
}

/** First the beginning is moved and signed: the table lets nobody remove what comes after it. */
export async function removeSealedEvents(pool: Pool, box: SecretBox, retention: Retention): Promise<void> {
  await transaction(pool, (tx) => moveStart(tx, box, retention));
  // Also what an earlier run had no time for.
  for (let removed = BATCH; removed === BATCH; ) removed = await removeEvents(pool);
  for (let removed = BATCH; removed === BATCH; ) removed = await removeSeals(pool);
}

const BATCH = 1000;

async function moveStart(tx: Queryable, box: SecretBox, { sealedBefore, at }: Retention): Promise<void> {
  const found = await lockHead(tx, box);
  // Somebody seals at this moment; the next run will do.
  if (found === undefined) return;
  if (!isWhole(found)) throw new AuditHeadError('the row of audit_head or the last seal was changed');
  const { head } = found;
  const [last] = await tx.query<{ number: string; through_seq: string; hash: Buffer; sealed_at: Date }>(sql`
    select number, through_seq, hash, sealed_at from audit_seals
     where number > ${head.startSeal}
       and number < coalesce((select min(number) from audit_seals where sealed_at >= ${sealedBefore}), ${head.seal + 1})
     order by number desc limit 1`);
  if (last === undefined) return;
  const start = { startSeal: Number(last.number), startSeq: Number(last.through_seq), startHash: last.hash };
  await writeHead(tx, { ...head, ...start, startAt: last.sealed_at }, box);
  const event: AuditEntry = {
    action: 'audit.removed',
    outcome: 'success',
    actor: { type: 'system' },
    details: { through_seq: start.startSeq, seal: start.startSeal, sealed_at: last.sealed_at },
    at,
  };
  await appendEvents(tx, [event]);
}

async function removeEvents(pool: Pool): Promise<number> {
  return await pool.count(sql`
    delete from audit_events where seq in (
      select e.seq from audit_events e where e.seq <= (select start_seq from audit_head) order by e.seq limit ${BATCH})`);
}

async function removeSeals(pool: Pool): Promise<number> {
  return await pool.count(sql`
    delete from audit_seals where number in (
      select s.number from audit_seals s where s.number <= (select start_seal from audit_head) order by s.number limit ${BATCH})`);
}
