import { oneLine, safeJson } from '../terminal/plain-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { CliError } from './cli-error.js';
import { explain } from './explain.js';
import { EXIT, type ExitCode } from './exit-code.js';

/**
 * Tells a failure on stderr, as three lines and the exit code, or as JSON, and answers the exit code.
 * A failure of the program itself is told in full only when somebody debugs.
 */
export function report(
  error: unknown,
  terminal: Terminal,
  how: { readonly json: boolean; readonly debug: boolean },
): ExitCode {
  const known = explain(error);
  if (how.json) terminal.tell(safeJson({ error: jsonOf(known) }));
  else tellLines(known, terminal);
  if (how.debug) terminal.tell(debugText(error));
  return known.exitCode;
}

function tellLines(error: CliError, terminal: Terminal): void {
  if (error.exitCode === EXIT.cancelled) return terminal.tell(terminal.errorColor.yellow(oneLine(error.message)));
  terminal.tell(`❌ ${terminal.errorColor.red(`Error: ${oneLine(error.message)}`)}`);
  for (const line of [error.reason, error.hint]) if (line) terminal.tell(oneLine(line));
  // What a person did wrong needs no number; what the server did wrong will be asked about.
  if (error.requestId && error.exitCode === EXIT.network) terminal.tell(`Request ID: ${oneLine(error.requestId)}`);
  terminal.tell();
  terminal.tell(`Exit code: ${error.exitCode}`);
}

function jsonOf(error: CliError): Record<string, unknown> {
  return {
    code: error.code,
    message: error.message,
    ...(error.reason === undefined ? {} : { reason: error.reason }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    exit_code: error.exitCode,
    ...(error.requestId === undefined ? {} : { request_id: error.requestId }),
    retryable: error.retryable,
    ...(error.retryAfter === undefined ? {} : { retry_after: error.retryAfter }),
  };
}

// Stacks name files and lines of this program, never values; causes are told by name and code only, since their text is not ours.
function debugText(error: unknown): string {
  const lines: string[] = [];
  for (let cause: unknown = error; cause instanceof Error && lines.length < 8; cause = cause.cause) {
    const code = 'code' in cause && typeof cause.code === 'string' ? ` ${cause.code}` : '';
    lines.push(
      `DEBUG ${cause.name}${code}`,
      ...(cause.stack ?? '')
        .split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 6),
    );
  }
  return lines.join('\n');
}
