/** Seals what has been committed: one process at a time, in batches, each tied to the one before it. */
import type { SecretBox } from '../../../ports/crypto/secret-box.js';
import type { Pool, Queryable } from '../pool.js';
import { sql } from '../sql.js';
import { inTransaction } from '../transaction.js';
import { type AuditHead, AuditHeadError, isWhole, lockHead, writeHead } from './head.js';
import { lastSettled } from './last-settled.js';

/** A seal holds no more events than this. */
const LARGEST_SEAL = 5000;

/**
 * Seals every event that was committed before, unless another process is at it. A process that dies half-way leaves nothing behind:
 * the next one goes on from the last seal. With `minimumAgeMs`, one that finds a younger seal leaves the rest for later.
 */
export async function sealEvents(
  pool: Pool,
  box: SecretBox,
  { minimumAgeMs = 0 }: { readonly minimumAgeMs?: number } = {},
): Promise<void> {
  await pool.use(async (connection) => {
    if (!(await isDue(connection, minimumAgeMs))) return;
    const through = await lastSettled(connection);
    if (through === undefined) return;
    while (await inTransaction(connection, (tx) => sealBatch(tx, through, box)));
  });
}

/** One look is all that a second without events costs. */
async function isDue(connection: Queryable, minimumAgeMs: number): Promise<boolean> {
  const [head] = await connection.query<{ is_due: boolean }>(sql`
    select exists (select from audit_events e where e.seq > h.seq)
           and not exists (select from audit_seals s where s.number = h.seal
                              and s.sealed_at > now() - ${minimumAgeMs}::bigint * interval '1 millisecond') as is_due
      from audit_head h`);
  if (head === undefined) throw new AuditHeadError('the row of audit_head is gone');
  return head.is_due;
}

/** Answers whether there is more to seal. */
async function sealBatch(tx: Queryable, through: number, box: SecretBox): Promise<boolean> {
  const found = await lockHead(tx, box);
  if (found === undefined) return false;
  if (!isWhole(found)) throw new AuditHeadError('the row of audit_head or the last seal was changed');
  const next = found.head.seq < through ? await addSeal(tx, found.head, through) : undefined;
  if (next === undefined) return false;
  await writeHead(tx, next, box);
  return next.seq < through;
}

async function addSeal(tx: Queryable, head: AuditHead, through: number): Promise<AuditHead | undefined> {
  const [sealed] = await tx.query<{ through_seq: string; hash: Buffer }>(sql`
    with covered as (
      select e.seq, authly_audit_digest(e) as digest from audit_events e
       where e.seq > ${head.seq} and e.seq <= ${through} order by e.seq limit ${LARGEST_SEAL}
    ), batch as (
      select ${head.seal + 1}::bigint as number, ${head.seq}::bigint as after_seq, max(seq) as through_seq,
             array_agg(seq order by seq) as seqs, array_agg(digest order by seq) as digests, now() as sealed_at,
             ${head.hash}::bytea as previous_hash, ''::bytea as hash
        from covered having count(*) > 0
    )
    insert into audit_seals (number, after_seq, through_seq, seqs, digests, sealed_at, previous_hash, hash)
    select number, after_seq, through_seq, seqs, digests, sealed_at, previous_hash,
           authly_audit_seal_hash(row(batch.*)::audit_seals)
      from batch
    returning through_seq, hash`);
  return sealed && { ...head, seal: head.seal + 1, seq: Number(sealed.through_seq), hash: sealed.hash };
}
