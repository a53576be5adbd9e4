/** The row that says where the log ends. Its code is made with a key that is not in the database. */
import { createHash } from 'node:crypto';
import type { SecretBox } from '../../../ports/crypto/secret-box.js';
import type { Queryable } from '../pool.js';
import { sql, text } from '../sql.js';

export interface AuditHead {
  /** The last seal, and the last event that it covers. */
  readonly seal: number;
  readonly seq: number;
  readonly hash: Buffer;
  /** The last seal that retention has removed, and the last event of that; 0 before. */
  readonly startSeal: number;
  readonly startSeq: number;
  readonly startHash: Buffer;
  /** When that seal was made. */
  readonly startAt?: Date;
}

export interface FoundHead {
  readonly head: AuditHead;
  /** It was written by somebody who has the key. */
  readonly isSigned: boolean;
  /** The last seal that there is, as it is read together with the head. */
  readonly last: { readonly seal: number; readonly hash: Buffer };
}

/** The end of the log is gone or not the one that was written: nothing may be sealed on top of it. */
export class AuditHeadError extends Error {
  constructor(problem: string) {
    super(`${problem}: nothing is sealed until an operator has looked at it`);
    this.name = 'AuditHeadError';
  }
}

/** Something may be sealed after it. */
export function isWhole({ head, isSigned, last }: FoundHead): boolean {
  return isSigned && last.seal === head.seal && last.hash.equals(head.hash);
}

interface HeadRow {
  readonly seal: string;
  readonly seq: string;
  readonly hash: Buffer;
  readonly start_seal: string;
  readonly start_seq: string;
  readonly start_hash: Buffer;
  readonly start_at: Date | null;
  readonly mac: Buffer | null;
  readonly last_seal: string;
  readonly last_hash: Buffer;
}

const HEAD = text`
  select h.seal, h.seq, h.hash, h.start_seal, h.start_seq, h.start_hash, h.start_at, h.mac,
         coalesce(s.number, h.start_seal) as last_seal, coalesce(s.hash, h.start_hash) as last_hash
    from audit_head h left join lateral (select number, hash from audit_seals order by number desc limit 1) s on true`;

export async function readHead(db: Queryable, box: SecretBox): Promise<FoundHead | undefined> {
  const [row] = await db.query<HeadRow>(sql`${HEAD}`);
  return row && foundHead(row, box);
}

/** Only one of all servers gets it, until the end of its transaction. The others need not wait: the work is being done. */
export async function lockHead(tx: Queryable, box: SecretBox): Promise<FoundHead | undefined> {
  const [locked] = await tx.query(sql`select from audit_head for update skip locked`);
  // Read after it is locked: the last seal as the holder before has left it.
  return locked && (await readHead(tx, box));
}

export async function writeHead(tx: Queryable, head: AuditHead, box: SecretBox): Promise<void> {
  await tx.count(sql`
    update audit_head set seal = ${head.seal}, seq = ${head.seq}, hash = ${head.hash}, start_seal = ${head.startSeal},
           start_seq = ${head.startSeq}, start_hash = ${head.startHash}, start_at = ${head.startAt},
           mac = ${box.mac(messageOf(head), PURPOSE)}`);
}

/** Where the seals themselves say that the log ends, when nothing else says it any more. */
export async function headFromSeals(db: Queryable): Promise<AuditHead> {
  const [row] = await db.query<{
    seal: string;
    seq: string;
    hash: Buffer;
    start_seal: string;
    start_seq: string;
    start_hash: Buffer;
    start_at: Date;
  }>(sql`
    select l.number as seal, l.through_seq as seq, l.hash, f.number - 1 as start_seal, f.after_seq as start_seq,
           f.previous_hash as start_hash, f.sealed_at as start_at
      from (select * from audit_seals order by number desc limit 1) l, (select * from audit_seals order by number limit 1) f`);
  const none = { seal: 0, seq: 0, hash: BEFORE_THE_FIRST, startSeal: 0, startSeq: 0, startHash: BEFORE_THE_FIRST };
  if (row === undefined) return none;
  const startSeal = Number(row.start_seal);
  return {
    seal: Number(row.seal),
    seq: Number(row.seq),
    hash: row.hash,
    startSeal,
    startSeq: Number(row.start_seq),
    startHash: row.start_hash,
    // What is known of when the log begins: not before that.
    ...(startSeal > 0 && { startAt: row.start_at }),
  };
}

const BEFORE_THE_FIRST = createHash('sha256').digest();
const PURPOSE = 'audit-head';

function foundHead(row: HeadRow, box: SecretBox): FoundHead {
  const head = {
    seal: Number(row.seal),
    seq: Number(row.seq),
    hash: row.hash,
    startSeal: Number(row.start_seal),
    startSeq: Number(row.start_seq),
    startHash: row.start_hash,
    startAt: row.start_at ?? undefined,
  };
  // The migration makes the first one and has no key.
  const isFirst = row.mac === null && head.seal === 0 && head.startSeal === 0;
  return {
    head,
    isSigned: isFirst || (row.mac !== null && box.isMac(row.mac, messageOf(head), PURPOSE)),
    last: { seal: Number(row.last_seal), hash: row.last_hash },
  };
}

function messageOf({ seal, seq, hash, startSeal, startSeq, startHash, startAt }: AuditHead): string {
  const start = [startSeal, startSeq, startHash.toString('hex'), startAt?.toISOString() ?? ''];
  return [seal, seq, hash.toString('hex'), ...start].join('\n');
}
