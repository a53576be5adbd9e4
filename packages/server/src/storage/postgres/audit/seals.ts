/** Seals, each compared with the events that it covers. The database compares: only what differs is read. */
import type { AuditProblem } from '../../../ports/audit.js';
import type { Pool } from '../pool.js';
import { sql } from '../sql.js';

/** What the next seal builds on. */
export interface SealLink {
  readonly number: number;
  /** The last event that it covers. */
  readonly seq: number;
  readonly hash: Buffer;
}

export interface ComparedSeal extends SealLink {
  readonly afterSeq: number;
  readonly previousHash: Buffer;
  /** What its hash should be. */
  readonly computed: Buffer;
  /** Of its events, within the range: */
  readonly checked: number;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
  readonly problems: readonly AuditProblem[];
}

/** The last seal whose events all lie before this one. */
export async function sealBefore(pool: Pool, seq: number): Promise<SealLink | undefined> {
  const [row] = await pool.query<{ number: string; through_seq: string; hash: Buffer }>(sql`
    select number, through_seq, hash from audit_seals where through_seq < ${seq} order by through_seq desc limit 1`);
  return row && { number: Number(row.number), seq: Number(row.through_seq), hash: row.hash };
}

const PAGE = 100;

/** Seals after a seal, as far as they cover a part of the range. */
export async function* sealsAfter(
  pool: Pool,
  number: number,
  range: { readonly from: number; readonly through: number },
): AsyncGenerator<ComparedSeal> {
  for (let after = number; ; ) {
    const rows = await pool.query<SealRow>(sql`
      select s.number, s.after_seq, s.through_seq, s.previous_hash, s.hash, authly_audit_seal_hash(s) as computed, compared.*
        from (select * from audit_seals where number > ${after} and after_seq < ${range.through} order by number limit ${PAGE}) s,
             lateral (
               select count(e.seq) as checked, min(e.seq) as first_seq, max(e.seq) as last_seq,
                      coalesce(json_agg(json_build_object('seq', coalesce(l.seq, e.seq), 'kind',
                        case when e.seq is null then 'missing' when l.seq is null then 'added' else 'edited' end)
                        order by coalesce(l.seq, e.seq)) filter (where l.digest is distinct from e.digest), '[]') as problems
                 from unnest(s.seqs, s.digests) as l(seq, digest)
                      full join (
                        select o.seq, authly_audit_digest(o) as digest from audit_events o
                         where o.seq > s.after_seq and o.seq <= s.through_seq
                      ) e on e.seq = l.seq
                where coalesce(l.seq, e.seq) between ${range.from} and ${range.through}
             ) compared
       order by s.number`);
    for (const row of rows) yield toComparedSeal(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = Number(last.number);
  }
}

interface SealRow {
  readonly number: string;
  readonly after_seq: string;
  readonly through_seq: string;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  readonly computed: Buffer;
  readonly checked: string;
  readonly first_seq: string | null;
  readonly last_seq: string | null;
  readonly problems: readonly AuditProblem[];
}

function toComparedSeal(row: SealRow): ComparedSeal {
  return {
    number: Number(row.number),
    seq: Number(row.through_seq),
    hash: row.hash,
    afterSeq: Number(row.after_seq),
    previousHash: row.previous_hash,
    computed: row.computed,
    checked: Number(row.checked),
    ...(row.first_seq !== null && { firstSeq: Number(row.first_seq) }),
    ...(row.last_seq !== null && { lastSeq: Number(row.last_seq) }),
    problems: row.problems,
  };
}
