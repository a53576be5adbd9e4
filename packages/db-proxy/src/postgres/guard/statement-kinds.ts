/** A part of a parsed statement, as the grammar gives it. */
export type Node = Readonly<Record<string, unknown>>;

export type Need = 'read' | 'write';

/** What a statement of each kind needs. A kind that is not here is refused, so that a new server brings no hole. */
export const STATEMENT_KINDS: Readonly<Record<string, Need | ((node: Node) => Need | string)>> = {
  SelectStmt: (node) => (node['lockingClause'] === undefined ? 'read' : 'write'),
  VariableShowStmt: 'read',
  ExplainStmt: 'read',
  CopyStmt: needOfCopy,
  DeclareCursorStmt: 'read',
  FetchStmt: 'read',
  ClosePortalStmt: 'read',
  PrepareStmt: 'read',
  ExecuteStmt: 'read',
  DeallocateStmt: 'read',
  DiscardStmt: 'read',
  UnlistenStmt: 'read',
  VariableSetStmt: 'read',
  TransactionStmt: needOfTransaction,
  InsertStmt: 'write',
  UpdateStmt: 'write',
  DeleteStmt: 'write',
  MergeStmt: 'write',
  LockStmt: 'write',
};

/** What is counted: no more values than these. */
export type StatementClass = 'read' | 'write' | 'transaction' | 'session' | 'other';

/** The class of a text is that of its weightiest statement. */
export function classOf(statements: readonly Node[]): StatementClass {
  const classes = new Set(statements.map((statement) => classOfStatement(statement['stmt'] as Node | undefined)));
  return WEIGHT.find((found) => classes.has(found)) ?? 'other';
}

const WEIGHT: readonly StatementClass[] = ['write', 'read', 'transaction', 'session', 'other'];

function classOfStatement(stmt: Node | undefined): StatementClass {
  const [kind, node] = Object.entries(stmt ?? {})[0] ?? [];
  if (kind === undefined) return 'other';
  if (kind === 'TransactionStmt') return 'transaction';
  if (['VariableSetStmt', 'DiscardStmt', 'DeallocateStmt', 'UnlistenStmt', 'ClosePortalStmt'].includes(kind))
    return 'session';
  const rule = STATEMENT_KINDS[kind];
  const need = typeof rule === 'function' ? rule(node as Node) : rule;
  return need === 'read' || need === 'write' ? need : 'other';
}

function needOfCopy(node: Node): Need | string {
  if (node['filename'] !== undefined || node['is_program'] === true)
    return 'COPY with files and programs of the server is refused: use STDIN or STDOUT';
  return node['is_from'] === true ? 'write' : 'read';
}

const TRANSACTIONS = new Set([
  'TRANS_STMT_BEGIN',
  'TRANS_STMT_START',
  'TRANS_STMT_COMMIT',
  'TRANS_STMT_ROLLBACK',
  'TRANS_STMT_SAVEPOINT',
  'TRANS_STMT_RELEASE',
  'TRANS_STMT_ROLLBACK_TO',
]);

function needOfTransaction(node: Node): Need | string {
  return TRANSACTIONS.has(String(node['kind'])) ? 'read' : 'prepared transactions are refused';
}

/** `AlterRoleStmt` → `ALTER ROLE`, for the message. */
export function wordsOfKind(kind: string): string {
  return kind
    .replace(/Stmt$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
}
