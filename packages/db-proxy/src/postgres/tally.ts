import type { ErrorReport } from './codec/messages.js';
import type { StatementClass } from './guard/guard.js';
import type { House } from './house.js';
import type { StatementTally } from './session.js';

export interface SessionTally extends StatementTally {
  bytes(direction: 'in' | 'out', count: number): void;
  end(report: ErrorReport | undefined, seconds: number): void;
}

/** Lines about refused statements that one session writes in a second. */
const LINES_A_SECOND = 10;

/** What one session did, in plain numbers until it ends: for the log and for /metrics. */
export function countStatements(
  { audit, metrics, now }: Pick<House, 'audit' | 'metrics' | 'now'>,
  facts: Readonly<Record<string, unknown>>,
): SessionTally {
  const statements: Partial<Record<StatementClass, number>> = {};
  const passed = { in: 0, out: 0 };
  let refused = 0;
  let second = 0;
  let lines = 0;
  return {
    statement(statementClass) {
      statements[statementClass] = (statements[statementClass] ?? 0) + 1;
    },
    refused({ code, message }) {
      refused += 1;
      metrics.refused.inc({ kind: code });
      const current = Math.floor(now() / 1000);
      lines = current === second ? lines + 1 : 1;
      second = current;
      if (lines <= LINES_A_SECOND) audit('statement_refused', { ...facts, code, reason: message });
    },
    bytes(direction, count) {
      passed[direction] += count;
    },
    end(report, seconds) {
      for (const [name, count] of Object.entries(statements)) metrics.statements.inc({ class: name }, count);
      for (const direction of ['in', 'out'] as const) metrics.bytes.inc({ direction }, passed[direction]);
      metrics.seconds.inc(seconds);
      audit('end', { ...facts, code: report?.code, statements, refused, bytes: passed, seconds });
    },
  };
}
