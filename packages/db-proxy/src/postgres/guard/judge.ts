import type { ErrorReport } from '../codec/messages.js';
import { type Catalogue, WRITER_FUNCTIONS } from './catalogue.js';
import { problemOfSetting } from './settings.js';
import { type Node, STATEMENT_KINDS, wordsOfKind } from './statement-kinds.js';

export interface Rights {
  readonly canRead: boolean;
  readonly canWrite: boolean;
}

/** Judges statements that the grammar has read: every part of every one, wherever it stands. `undefined` means that all may run. */
export function judgeStatements(
  statements: readonly Node[],
  rights: Rights,
  catalogue: Catalogue,
): ErrorReport | undefined {
  for (const statement of statements) {
    const problem = findProblem(statement['stmt'], { rights, catalogue });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

interface Bench {
  readonly rights: Rights;
  readonly catalogue: Catalogue;
}

/** Without recursion: a statement can be nested deeper than the stack is. */
function findProblem(root: unknown, bench: Bench): ErrorReport | undefined {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const part = waiting.pop();
    if (typeof part !== 'object' || part === null) continue;
    if (Array.isArray(part)) {
      for (const item of part as unknown[]) waiting.push(item);
      continue;
    }
    for (const [name, value] of Object.entries(part)) {
      const problem = problemOf(name, value, bench);
      if (problem !== undefined) return problem;
      waiting.push(value);
    }
  }
  return undefined;
}

function problemOf(name: string, value: unknown, { rights, catalogue }: Bench): ErrorReport | undefined {
  if (name.endsWith('Stmt') && /^[A-Z]/.test(name)) return problemOfStatement(name, value as Node, rights);
  switch (name) {
    case 'intoClause':
      return refuse('SELECT INTO is refused: it makes a table');
    case 'FuncCall':
      return problemOfCall(value as Node, rights, catalogue);
    case 'ColumnRef':
      return problemOfColumn((value as Node)['fields'], catalogue);
    case 'indirection':
      return problemOfColumn(value, catalogue);
    case 'TypeCast':
      return problemOfCast(value as Node, catalogue);
    case 'A_Expr':
      return problemOfOperator((value as Node)['name'], catalogue);
    case 'operName':
    case 'useOp':
      return problemOfOperator(value, catalogue);
    default:
      return undefined;
  }
}

function problemOfStatement(kind: string, node: Node, rights: Rights): ErrorReport | undefined {
  const rule = STATEMENT_KINDS[kind];
  if (rule === undefined) return refuse(`${wordsOfKind(kind)} is refused behind the proxy`);
  const need = typeof rule === 'function' ? rule(node) : rule;
  if (need !== 'read' && need !== 'write') return refuse(need);
  if (need === 'write' && !rights.canWrite)
    return refuse('this statement writes, and the token only reads', 'The scope database:write allows it.');
  if (need === 'write' && changesCatalogue(node)) return refuse('tables and views of the system are not written to');
  return kind === 'VariableSetStmt' ? problemOfSet(node) : undefined;
}

/** UPDATE of pg_settings is SET by another name. */
function changesCatalogue(node: Node): boolean {
  const { relname, schemaname } = (node['relation'] ?? {}) as Node;
  return String(relname).startsWith('pg_') || schemaname === 'pg_catalog' || schemaname === 'information_schema';
}

function problemOfSet(node: Node): ErrorReport | undefined {
  const { kind, name } = node;
  if (kind === 'VAR_RESET_ALL') return undefined;
  const setting = String(name);
  if (/^(role|session_authorization)$/i.test(setting) && (kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT'))
    return undefined;
  if (/^role$/i.test(setting) && constantOf((node['args'] as readonly unknown[] | undefined)?.[0]) === 'none')
    return undefined;
  const args = node['args'] as readonly unknown[] | undefined;
  const isSet = kind === 'VAR_SET_VALUE' || kind === 'VAR_SET_MULTI';
  const value = args?.length === 1 ? constantOf(args[0]) : undefined;
  // RESET and SET … TO DEFAULT bring back what the session began with, which the proxy chose.
  const problem = problemOfSetting(setting, isSet ? value : /^client_encoding$/i.test(setting) ? 'utf8' : 'on');
  return problem === undefined ? undefined : refuse(problem);
}

function problemOfCall(node: Node, rights: Rights, catalogue: Catalogue): ErrorReport | undefined {
  const name = lastName(node['funcname']);
  if (name === undefined) return refuse('this call is refused');
  if (name === 'set_config') {
    const [setting, value] = (node['args'] ?? []) as readonly unknown[];
    const constant = constantOf(setting);
    if (constant === undefined) return refuse('set_config is refused unless it names the setting as a constant');
    const problem = problemOfSetting(constant, constantOf(value));
    if (problem !== undefined) return refuse(problem);
  }
  if (WRITER_FUNCTIONS.has(name)) {
    return rights.canWrite ? undefined : refuse(`the function ${name}() writes, and the token only reads`);
  }
  return catalogue.harmless.has(name)
    ? undefined
    : refuse(`the function ${name}() is refused: it does more than compute, or is not known`);
}

/** `t.f` calls f(t) where t has no such column. */
function problemOfColumn(fields: unknown, catalogue: Catalogue): ErrorReport | undefined {
  const names = Array.isArray(fields) ? (fields as readonly unknown[]) : [];
  const called = names.map(nameOf).find((name) => name !== undefined && catalogue.columnLike.has(name));
  return called === undefined ? undefined : refuse(`"${called}" is refused as a column: a function has that name`);
}

function problemOfCast(node: Node, catalogue: Catalogue): ErrorReport | undefined {
  const name = lastName((node['typeName'] as Node | undefined)?.['names']);
  return name !== undefined && catalogue.types.has(name) ? refuse(`casts to ${name} are refused`) : undefined;
}

function problemOfOperator(names: unknown, catalogue: Catalogue): ErrorReport | undefined {
  const name = lastName(names);
  return name !== undefined && catalogue.operators.has(name) ? refuse(`the operator ${name} is refused`) : undefined;
}

function lastName(names: unknown): string | undefined {
  return Array.isArray(names) ? nameOf((names as readonly unknown[]).at(-1)) : undefined;
}

function nameOf(part: unknown): string | undefined {
  const text = (part as Node | undefined)?.['String'] as Node | undefined;
  return typeof text?.['sval'] === 'string' ? text['sval'] : undefined;
}

/** The text of a plain constant. One that is cast may come out as another: 'role.x'::char(4) is 'role'. */
function constantOf(part: unknown): string | undefined {
  const constant = (part as Node | undefined)?.['A_Const'] as Node | undefined;
  const text = (constant?.['sval'] as Node | undefined)?.['sval'];
  if (typeof text === 'string') return text;
  const truth = constant?.['boolval'] as Node | undefined;
  if (truth !== undefined) return truth['boolval'] === true ? 'on' : 'off';
  return undefined;
}

function refuse(message: string, hint?: string): ErrorReport {
  return { code: '42501', message, ...(hint === undefined ? {} : { hint }) };
}
