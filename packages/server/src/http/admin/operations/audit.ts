import { allAuditEvents, auditPage } from '../../../admin/audit/audit-pages.js';
import type { ChainProblem } from '../../../ports/store/admin/audit-read.js';
import type { Handlers } from '../operation.js';
import { auditEventReply } from '../wire/audit-event.js';

/** The hash-chained log. */
export const auditHandlers: Handlers<'listAuditEvents' | 'verifyAudit' | 'exportAudit'> = {
  async listAuditEvents({ query }, { context }) {
    const { events, nextCursor } = await auditPage(query, context);
    return { reply: { events: events.map(auditEventReply), next_cursor: nextCursor ?? null } };
  },

  async verifyAudit({ query }, { context }) {
    const range = { fromSeq: query.from_seq, toSeq: query.to_seq };
    const report = await context.store.admin.audit.check(range);
    return {
      reply: {
        valid: report.problemCount === 0,
        checked: report.checked,
        first_seq: report.firstSeq ?? null,
        last_seq: report.lastSeq ?? null,
        head_hash: report.headHash ?? null,
        problems: report.problems.map((problem) => ({ ...problem, message: sentence(problem) })),
        problem_count: report.problemCount,
      },
    };
  },

  async *exportAudit({ query }, { context }) {
    for await (const event of allAuditEvents(query, context)) yield auditEventReply(event);
  },
};

function sentence({ seq, kind }: ChainProblem): string {
  switch (kind) {
    case 'missing':
      return `Event ${seq} is missing`;
    case 'edited':
      return `Event ${seq} was edited after it was written`;
    case 'unlinked':
      return `Event ${seq} does not follow from the event before it`;
  }
}
