import { AdminApiError, type Route } from '@authly/admin-api/client';
import type { Context } from '../context.js';
import { explainApiError } from '../errors/api-error.js';
import { CliError } from '../errors/cli-error.js';

/** Changes whose answer gets lost on the way: asked for again where that is safe, told honestly where it is not. */

/** Milliseconds before the next try; together long enough for a server that is restarted. */
const PAUSES = [200, 500, 1000, 2000] as const;

/**
 * Sends a change. What the server does once for a key, however often it is asked, is asked for again when the connection breaks
 * before the answer has come: the answer is then that of the first time, with the same secret.
 * @throws CliError saying that nobody knows, when it stays unknown whether the change was made.
 */
export async function sendWithRetry<Result>(
  route: Route,
  send: (idempotencyKey: string | undefined) => Promise<Result>,
  { terminal, output }: Pick<Context, 'terminal' | 'output'>,
): Promise<Result> {
  const key = route.idempotent ? globalThis.crypto.randomUUID() : undefined;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send(key);
    } catch (error) {
      if (!isLost(error) && !(attempt > 0 && isAway(error))) throw error;
      const pause = key === undefined || error.kind === 'timeout' ? undefined : PAUSES[attempt];
      if (pause === undefined) throw unknownOutcome(error);
      if (attempt === 0 && output !== 'json')
        terminal.tell('⚠️  The connection broke before the answer came. Asking again; it is done only once.');
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** The request may have arrived, and have been carried out. */
function isLost(error: unknown): error is AdminApiError {
  if (!(error instanceof AdminApiError)) return false;
  if (error.kind === 'failed') return error.status === 502 || error.status === 504;
  return error.kind === 'timeout' || (error.kind === 'unreachable' && LOST.has(codeOf(error.cause) ?? ''));
}

/** Nobody was there this time. */
function isAway(error: unknown): error is AdminApiError {
  return error instanceof AdminApiError && (error.kind === 'unreachable' || error.status === 503);
}

const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT', 'UND_ERR_SOCKET']);

function codeOf(cause: unknown): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause)
    if ('code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

function unknownOutcome(error: AdminApiError): CliError {
  const told = explainApiError(error);
  return new CliError({
    message: told.message,
    reason: told.reason,
    hint: 'It may have been done nevertheless: look before you run the command again.',
    code: told.code,
    exitCode: told.exitCode,
    requestId: told.requestId,
    cause: error,
  });
}
