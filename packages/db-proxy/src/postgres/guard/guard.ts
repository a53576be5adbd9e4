import { loadModule, parseSync } from 'libpg-query';
import type { ErrorReport } from '../codec/messages.js';
import type { Catalogue } from './catalogue.js';
import { judgeStatements, type Rights } from './judge.js';
import { classOf, type Node, type StatementClass } from './statement-kinds.js';

export type { Rights } from './judge.js';
export type { StatementClass } from './statement-kinds.js';

/** Longer ones would keep everybody else waiting while they are read. */
export const LONGEST_STATEMENT = 262_144;

export interface Verdict {
  /** Why the text may not run; `undefined` where it may. */
  readonly refusal: ErrorReport | undefined;
  /** What each statement of the text is, by the names of the grammar. */
  readonly kinds: readonly string[];
  readonly class: StatementClass;
}

export interface Guard {
  judge(text: Buffer, rights: Rights): Verdict;
  /** How many texts the grammar had to read, because their like had not come before. */
  readonly parsed: number;
}

/** Verdicts on texts that clients send again and again. */
const REMEMBERED = 5000;
const LONGEST_REMEMBERED = 4096;

/** Reads every statement with the grammar of PostgreSQL itself. */
export async function openGuard(catalogue: () => Catalogue): Promise<Guard> {
  await loadModule();
  const verdicts = new Map<string, Verdict>();
  let judgedBy = catalogue();
  let parsed = 0;
  return {
    get parsed() {
      return parsed;
    },
    judge(text, rights) {
      if (text.length > LONGEST_STATEMENT)
        return refuse({ code: '54000', message: `a statement is longer than ${LONGEST_STATEMENT} bytes` });
      if (judgedBy !== catalogue()) {
        judgedBy = catalogue();
        verdicts.clear();
      }
      // Byte by byte: in every encoding that is served, what looks like ASCII is ASCII.
      const sql = text.toString('latin1');
      const key = `${rights.canRead ? 'r' : ''}${rights.canWrite ? 'w' : ''} ${withoutNumbers(sql)}`;
      const known = verdicts.get(key);
      if (known !== undefined) return known;
      parsed += 1;
      const verdict = readAndJudge(sql, rights, judgedBy);
      // An error of the grammar repeats the text, which is another one next time.
      if (key.length > LONGEST_REMEMBERED || (verdict.refusal?.code ?? '42501') !== '42501') return verdict;
      if (verdicts.size >= REMEMBERED) verdicts.delete(verdicts.keys().next().value ?? '');
      verdicts.set(key, verdict);
      return verdict;
    },
  };
}

/** No quotes, dollars, backslashes or letters beyond ASCII: what then stands as a number is one, and no verdict depends on which. */
const PLAIN = /^\s*(?:select|insert|update|delete|values|table|with)\b[^'"$\\\x80-\xff]*$/i;

function withoutNumbers(sql: string): string {
  return PLAIN.test(sql) ? sql.replace(/(?<![\w.])\d+(?![\w.])/g, '0') : sql;
}

function readAndJudge(sql: string, rights: Rights, catalogue: Catalogue): Verdict {
  let statements: readonly Node[];
  try {
    statements = (isBlank(sql) ? [] : (parseSync(sql) as { readonly stmts?: readonly Node[] }).stmts) ?? [];
  } catch (error) {
    return refuse(problemOfText(error));
  }
  const kinds = statements.map((statement) => Object.keys((statement['stmt'] as Node | undefined) ?? {})[0] ?? '');
  return {
    refusal: judgeStatements(statements, rights, catalogue),
    kinds,
    class: classOf(statements),
  };
}

function refuse(refusal: ErrorReport): Verdict {
  return { refusal, kinds: [], class: 'other' };
}

function isBlank(sql: string): boolean {
  return /^[\s;]*$/.test(sql);
}

/** What the grammar cannot read is not passed on: a server of another version might read it otherwise. */
function problemOfText(error: unknown): ErrorReport {
  if (error instanceof Error && error.name === 'SqlError') {
    return error.message.startsWith('memory exhausted')
      ? { code: '54001', message: 'the statement is nested too deeply' }
      : { code: '42601', message: Buffer.from(error.message, 'latin1').toString('utf8') };
  }
  return { code: '54001', message: 'the statement is nested too deeply' };
}
