/** Compares the events with the seals, and the seals with each other and with the end of the log. */
import type { AuditAnchor, AuditProblem, AuditRange, AuditReport } from '../../../ports/audit.js';
import type { SecretBox } from '../../../ports/crypto/secret-box.js';
import type { Pool } from '../pool.js';
import { type AuditHead, headFromSeals, readHead } from './head.js';
import { sql } from '../sql.js';
import { sealBefore, type SealLink, sealsAfter } from './seals.js';

export async function verifyEvents(pool: Pool, box: SecretBox, range: AuditRange): Promise<AuditReport> {
  const problems = problemList();
  const found = await readHead(pool, box);
  if (found?.isSigned !== true || found.last.seal > found.head.seal) problems.add(found?.head.seq ?? 0, 'head');
  const head = found?.head ?? (await headFromSeals(pool));
  const [from, through] = [range.fromSeq ?? 1, Math.min(range.toSeq ?? head.seq, head.seq)];

  let link: SealLink = (await sealBefore(pool, from)) ?? {
    number: head.startSeal,
    seq: head.startSeq,
    hash: head.startHash,
  };
  let checked = 0;
  let [firstSeq, lastSeq]: (number | undefined)[] = [];
  for await (const seal of sealsAfter(pool, link.number, { from, through })) {
    if (seal.number !== link.number + 1 || seal.afterSeq !== link.seq) problems.addGap(link.seq, seal.afterSeq);
    else if (!seal.previousHash.equals(link.hash)) problems.add(seal.seq, 'unlinked');
    if (!seal.hash.equals(seal.computed)) problems.add(seal.seq, 'unlinked');
    for (const { seq, kind } of seal.problems) problems.add(seq, kind);
    checked += seal.checked;
    firstSeq ??= seal.firstSeq;
    lastSeq = seal.lastSeq ?? lastSeq;
    link = seal;
  }
  problems.addGap(Math.max(link.seq, from - 1), through);
  const isToTheEnd = through === head.seq;
  // Whoever changes the last seal and makes its hash anew has not reached the row that names it.
  if (isToTheEnd && link.seq === head.seq && !link.hash.equals(head.hash)) problems.add(head.seq, 'unlinked');
  if (found?.isSigned === true && range.fromSeq === undefined) await verifyBeforeStart(pool, { head, problems });
  if (range.anchor !== undefined) await compareAnchor(pool, range.anchor, { head, problems });
  return {
    checked,
    firstSeq,
    lastSeq,
    ...(isToTheEnd && head.seal > 0 && { headHash: head.hash.toString('hex') }),
    ...(head.startAt && { start: { seq: head.startSeq, at: head.startAt } }),
    ...problems.found(),
  };
}

/**
 * Where events were removed because of their age, some may still wait for it: their seals tell. Anything else before the
 * beginning was put there later, where no seal would ever cover it.
 */
async function verifyBeforeStart(
  pool: Pool,
  { head, problems }: { readonly head: AuditHead; readonly problems: ProblemList },
): Promise<void> {
  const range = { from: Number.MIN_SAFE_INTEGER, through: head.startSeq };
  let coveredAfter = head.startSeq;
  let link: SealLink | undefined;
  for await (const seal of sealsAfter(pool, 0, range)) {
    coveredAfter = Math.min(coveredAfter, seal.afterSeq);
    const follows = link === undefined || (seal.afterSeq === link.seq && seal.previousHash.equals(link.hash));
    if (!follows || !seal.hash.equals(seal.computed)) problems.add(seal.seq, 'unlinked');
    for (const { seq, kind } of seal.problems) if (kind !== 'missing') problems.add(seq, kind);
    link = seal;
  }
  if (link !== undefined && !link.hash.equals(head.startHash)) problems.add(link.seq, 'unlinked');
  const added = await pool.query<{ seq: string }>(sql`
    select seq from audit_events where seq <= ${coveredAfter} order by seq limit ${MOST_NAMED}`);
  for (const { seq } of added) problems.add(Number(seq), 'added');
}

/** A log that was cut off, and whose end was moved back, does not reach what was noted before. */
async function compareAnchor(
  pool: Pool,
  anchor: AuditAnchor,
  { head, problems }: { readonly head: AuditHead; readonly problems: ProblemList },
): Promise<void> {
  if (anchor.seq > head.seq) return problems.addGap(head.seq, anchor.seq);
  const isStart = anchor.seq === head.startSeq;
  const hash = isStart ? head.startHash : (await sealBefore(pool, anchor.seq + 1))?.hash;
  if (hash?.toString('hex') !== anchor.hash.toLowerCase()) problems.add(anchor.seq, 'unlinked');
}

interface ProblemList {
  add(seq: number, kind: AuditProblem['kind']): void;
  /** What should be there after the one and up to the other. */
  addGap(after: number, through: number): void;
  found(): Pick<AuditReport, 'problems' | 'problemCount'>;
}

const MOST_NAMED = 100;

function problemList(): ProblemList {
  const problems: AuditProblem[] = [];
  let problemCount = 0;
  const add: ProblemList['add'] = (seq, kind) => {
    problemCount += 1;
    if (problems.length < MOST_NAMED) problems.push({ seq, kind });
  };
  return {
    add,
    addGap(after, through) {
      const named = Math.min(through, after + MOST_NAMED);
      for (let seq = after + 1; seq <= named; seq += 1) add(seq, 'missing');
      problemCount += Math.max(0, through - named);
    },
    found: () => ({ problems, problemCount }),
  };
}
