import type { Received, Reply } from '@authly/admin-api';
import { allAuditEvents, auditPage } from '../../../admin/audit/audit-pages.js';
import { checkAuditLog } from '../../../admin/audit/check-audit-log.js';
import { explainRefusal } from '../../../admin/audit/explain-refusal.js';
import type { AuditProblem } from '../../../ports/audit.js';
import type { Context } from '../../../ports/context.js';
import type { Handlers } from '../operation.js';
import { auditEventReply } from '../wire/audit-event.js';
import { iso } from '../wire/time.js';

/** The audit log and its seals. */
export const auditHandlers: Handlers<'listAuditEvents' | 'explainRefusal' | 'verifyAudit' | 'exportAudit'> = {
  async listAuditEvents({ query }, { context }) {
    const { events, nextCursor } = await auditPage(query, context);
    return { reply: { events: events.map(auditEventReply), next_cursor: nextCursor ?? null } };
  },

  async explainRefusal({ params }, { context }) {
    const found = await explainRefusal(params.request_id, context);
    return {
      reply: {
        request_id: params.request_id,
        at: iso(found.event.at),
        endpoint: found.endpoint ?? null,
        client_id: found.event.clientId ?? null,
        client_name: found.client?.name ?? null,
        error: found.error ?? null,
        description: found.description,
        sent: { ...found.sent },
        registered_redirect_uris: [...found.registeredRedirectUris],
        differences: [...found.differences],
        advice: [...found.advice],
        event: auditEventReply(found.event),
      },
    };
  },

  async verifyAudit({ query }, { context }) {
    const report = await checkAuditLog(query, context);
    return {
      reply: {
        valid: report.problemCount === 0,
        checked: report.checked,
        first_seq: report.firstSeq ?? null,
        last_seq: report.lastSeq ?? null,
        head_hash: report.headHash ?? null,
        start: report.start ? { seq: report.start.seq, at: iso(report.start.at) } : null,
        problems: report.problems.map((problem) => ({ ...problem, message: sentence(problem) })),
        problem_count: report.problemCount,
      },
    };
  },

  async exportAudit({ query }, { context }) {
    return { reply: everyEvent(query, context) };
  },
};

async function* everyEvent(
  query: Received<'exportAudit'>['query'],
  context: Context,
): AsyncGenerator<Reply<'exportAudit'>> {
  for await (const event of allAuditEvents(query, context)) yield auditEventReply(event);
}

function sentence({ seq, kind }: AuditProblem): string {
  switch (kind) {
    case 'missing':
      return `Event ${seq} is missing`;
    case 'edited':
      return `Event ${seq} was edited after it was written`;
    case 'added':
      return `Event ${seq} was added after its neighbours had been sealed`;
    case 'unlinked':
      return `The seal that covers event ${seq} was changed, or does not follow from the seal before it`;
    case 'head':
      return 'The row that says where the log ends (audit_head) is gone or was changed';
  }
}
