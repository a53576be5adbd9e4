import type { ChainedAuditEvent } from '../../model/audit-event.js';
import type { ChainProblem, ChainReport } from '../../ports/store/admin/audit-read.js';
import { chainHash, GENESIS, payloadOf } from './chain.js';
import type { ChainLink } from './verify.js';

const MOST_REPORTED = 100;

/**
 * Walks a part of the chain and names everything that is wrong in it, where verifyChain stops at the first. `from` is the link
 * before the part; `head` is where the last appending left the chain, when the part goes to its end.
 */
export async function reportChain(
  pages: AsyncIterable<readonly ChainedAuditEvent[]>,
  { from, head, through }: { readonly from?: ChainLink; readonly head?: ChainLink; readonly through: number },
): Promise<ChainReport> {
  const found = { problems: [] as ChainProblem[], count: 0 };
  const report = (seq: number, kind: ChainProblem['kind']): void => {
    found.count += 1;
    if (found.problems.length < MOST_REPORTED) found.problems.push({ seq, kind });
  };
  const reportGap = (from: number, to: number): void => {
    const named = Math.min(to - from, MOST_REPORTED);
    for (let seq = from; seq < from + named; seq += 1) report(seq, 'missing');
    found.count += Math.max(0, to - from - named);
  };
  let last: ChainLink = from ?? { seq: 0, hash: GENESIS };
  let first: number | undefined;
  let checked = 0;
  for await (const page of pages) {
    for (const event of page) {
      if (event.seq > through) continue;
      reportGap(last.seq + 1, event.seq);
      const { seq, previousHash } = event;
      if (chainHash({ previousHash, seq, payload: payloadOf(event) }) !== event.hash) report(seq, 'edited');
      else if (seq === last.seq + 1 && previousHash !== last.hash) report(seq, 'unlinked');
      first ??= seq;
      checked += 1;
      last = event;
    }
  }
  reportGap(last.seq + 1, through + 1);
  // Whoever edits the last event and makes its hash anew has not reached the place where the chain's end is kept.
  if (head && last.seq === head.seq && last.hash !== head.hash) report(head.seq, 'unlinked');
  return {
    checked,
    ...(first !== undefined && { firstSeq: first, lastSeq: last.seq, headHash: last.hash }),
    problems: found.problems,
    problemCount: found.count,
  };
}
