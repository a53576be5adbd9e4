import type { ChainedAuditEvent } from '../../model/audit-event.js';
import type { AuditVerdict } from '../../ports/audit.js';
import { chainHash, GENESIS, payloadOf } from './chain.js';

export interface ChainLink {
  readonly seq: number;
  readonly hash: string;
}

/** Walks the pages of a log, oldest first, and compares the end with `head`, where the last appending left it. */
export async function verifyChain(
  pages: AsyncIterable<readonly ChainedAuditEvent[]>,
  { head, anchor }: { readonly head: ChainLink; readonly anchor?: ChainLink },
): Promise<AuditVerdict> {
  let last: ChainLink = { seq: 0, hash: GENESIS };
  for await (const page of pages) {
    for (const event of page) {
      // appended after the head was read: the next check covers it
      if (event.seq > head.seq) return end(last, { head, anchor });
      const problem = problemAt(event, last) ?? anchorProblem(event, anchor);
      if (problem !== undefined) return { intact: false, ...problem };
      last = event;
    }
  }
  return end(last, { head, anchor });
}

interface Problem {
  readonly seq: number;
  readonly problem: 'edited' | 'missing';
}

function problemAt(event: ChainedAuditEvent, last: ChainLink): Problem | undefined {
  if (event.seq !== last.seq + 1) return { seq: last.seq + 1, problem: 'missing' };
  const { seq, previousHash } = event;
  if (chainHash({ previousHash, seq, payload: payloadOf(event) }) !== event.hash) return { seq, problem: 'edited' };
  // this one is whole and remembers another hash before it: the one before was edited and its hash made anew
  return previousHash === last.hash ? undefined : { seq: last.seq, problem: 'edited' };
}

function anchorProblem(event: ChainedAuditEvent, anchor: ChainLink | undefined): Problem | undefined {
  return anchor?.seq === event.seq && anchor.hash !== event.hash ? { seq: event.seq, problem: 'edited' } : undefined;
}

function end(
  last: ChainLink,
  { head, anchor }: { readonly head: ChainLink; readonly anchor?: ChainLink },
): AuditVerdict {
  const expected = Math.max(head.seq, anchor?.seq ?? 0);
  if (last.seq < expected) return { intact: false, seq: last.seq + 1, problem: 'missing' };
  if (last.hash !== head.hash) return { intact: false, seq: last.seq, problem: 'edited' };
  return { intact: true, events: last.seq, seq: last.seq, hash: last.hash };
}
