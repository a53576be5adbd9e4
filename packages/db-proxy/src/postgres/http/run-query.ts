import { HttpRefusal } from '../../http/refusal.js';
import { familyOf } from '../../access/live-tokens.js';
import { CUT } from '../cut.js';
import type { House } from '../house.js';
import type { Admission } from '../login.js';
import type { KeptBackends, LentBackend } from './kept-backends.js';
import { refusalOf, type SqlFault } from './errors.js';
import { textsOfParameters } from './parameters.js';
import { Statement, type StatementResult } from './statement.js';
import type { Types } from './types.js';

export interface QueryRequest {
  readonly query: string;
  readonly params: readonly unknown[];
  readonly timeoutMs: number;
}

export interface QueryContext {
  readonly house: House;
  readonly backends: KeptBackends;
  readonly types: Types;
  readonly admission: Admission;
  readonly token: string;
  /** Aborted when whoever asked has left. */
  readonly left: AbortSignal;
}

const LIMITS = { rows: 10_000, bytes: 8 * 1024 * 1024 };
/** How long a statement has to end after it was cancelled. */
const LAST_MS = 5000;

/** Statements that need a connection which lasts longer than one request. */
const NOT_OVER_HTTP = new Set([
  'CopyStmt',
  'TransactionStmt',
  'PrepareStmt',
  'ExecuteStmt',
  'DeallocateStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'DiscardStmt',
  'UnlistenStmt',
  'LockStmt',
]); // prettier-ignore

/** Runs one statement in a transaction of its own, in the role of the caller. */
export async function runQuery(request: QueryRequest, context: QueryContext): Promise<StatementResult> {
  const { house, admission } = context;
  const verdict = house.guard.judge(Buffer.from(request.query, 'utf8'), admission.rights);
  house.metrics.statements.inc({ class: verdict.class });
  if (verdict.refusal !== undefined) {
    house.metrics.refused.inc({ kind: verdict.refusal.code });
    throw refusalOf(verdict.refusal);
  }
  const [kind] = verdict.kinds;
  if (kind === undefined) throw new HttpRefusal(400, 'The query is empty');
  if (verdict.kinds.length > 1)
    throw new HttpRefusal(400, 'A request runs one statement: send the others on their own');
  if (NOT_OVER_HTTP.has(kind))
    throw new HttpRefusal(400, 'This statement needs a connection that lasts: use a PostgreSQL client on this port');
  const backend = await context.backends.lend(admission);
  if ('code' in backend) throw refusalOf(backend);
  return runOn(backend, request, context);
}

async function runOn(backend: LentBackend, request: QueryRequest, context: QueryContext): Promise<StatementResult> {
  const { house, admission, token, left } = context;
  const { client, cancel } = backend;
  let reason: HttpRefusal | undefined;
  let lastResort: NodeJS.Timeout | undefined;
  const stop = (why: HttpRefusal): void => {
    if (reason !== undefined) return;
    reason = why;
    cancel();
    lastResort = setTimeout(() => backend.stream().destroy(), LAST_MS);
  };
  const tooLong = setTimeout(
    () => stop(new HttpRefusal(408, `The query took longer than ${request.timeoutMs / 1000} seconds`)),
    request.timeoutMs,
  );
  const onLeave = (): void => stop(new HttpRefusal(408, 'whoever asked has left'));
  left.addEventListener('abort', onLeave);
  const tooMuch = new HttpRefusal(
    413,
    `The answer is longer than ${LIMITS.bytes} bytes: ask for fewer rows or columns`,
  );
  const unwatch = house.liveTokens.watch({
    token,
    needs: admission.needs,
    expiresAt: admission.caller.expiresAt,
    family: familyOf(admission.caller),
    cut: (why) => stop(refusalOf({ code: '28P01', message: CUT[why] })),
  });
  const stopCounting = countBytes(backend, () => {
    stop(tooMuch);
    backend.stream().destroy();
  });
  let isClean = false;
  try {
    await client.query(admission.rights.canWrite ? 'begin' : 'begin read only');
    const statement = new Statement({
      text: request.query,
      bind: async (types) => textsOfParameters(request.params, await context.types.find(types)),
      limits: LIMITS,
      onOverflow: () => stop(tooMuch),
    });
    client.query(statement);
    const result = await statement.result.catch(async (error: unknown) => {
      await client.query('rollback');
      isClean = true;
      throw error;
    });
    if (reason !== undefined) await client.query('rollback');
    else await client.query(admission.rights.canWrite ? 'commit' : 'rollback');
    isClean = true;
    if (reason !== undefined) throw reason;
    return result;
  } catch (error) {
    if (reason !== undefined) throw reason;
    throw error instanceof HttpRefusal ? error : refusalOf(error as SqlFault);
  } finally {
    clearTimeout(tooLong);
    clearTimeout(lastResort);
    left.removeEventListener('abort', onLeave);
    unwatch();
    stopCounting();
    // A cancel that comes late would meet what the connection does next.
    void backend.giveBack(isClean && reason === undefined ? 'clean' : 'broken');
  }
}

/** One value alone may be longer than an answer, and `pg` waits for all of it. */
function countBytes(backend: LentBackend, onTooMany: () => void): () => void {
  const stream = backend.stream();
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > 2 * LIMITS.bytes) onTooMany();
  };
  stream.on('data', count);
  return () => stream.off('data', count);
}
