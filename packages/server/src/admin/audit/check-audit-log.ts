import type { Received } from '@authly/admin-api';
import type { AuditReport } from '../../ports/audit.js';
import type { Context } from '../../ports/context.js';
import { AdminRefusal } from '../refusal.js';

/** Compares the log with its seals, and with the end of it that somebody noted before. */
export async function checkAuditLog(
  query: Received<'verifyAudit'>['query'],
  { audit }: Pick<Context, 'audit'>,
): Promise<AuditReport> {
  const { from_seq: fromSeq, to_seq: toSeq, anchor_seq: seq, anchor_hash: hash } = query;
  const anchor = seq === undefined || hash === undefined ? undefined : { seq, hash };
  if ((seq ?? hash) !== undefined && anchor === undefined)
    throw invalid(seq === undefined ? 'anchor_seq' : 'anchor_hash', 'anchor_seq and anchor_hash belong together');
  const report = await audit.verify({ fromSeq, toSeq, anchor });
  if (anchor !== undefined && anchor.seq < (report.start?.seq ?? 0))
    throw invalid('anchor_seq', `The log begins after event ${report.start?.seq}: compare with a later place`);
  return report;
}

function invalid(field: string, message: string): AdminRefusal {
  return new AdminRefusal('INVALID_REQUEST', message, { errors: [{ field, message }] });
}
