/** How a failure is told to a person: exactly three lines, what, why, what to do. */
import { isAuthError } from './auth-error.js';

/**
 * Turns any failure into three lines of plain text, free of control characters, for stderr.
 *
 * @example
 * ```ts
 * process.stderr.write(`${describeError(error)}\n`);
 * // ✗ Your session for profile "dev" has expired.
 * //   The refresh token was revoked on the server.
 * //   Run:  app auth login --profile dev
 * ```
 */
export function describeError(error: unknown): string {
  const parts = partsOf(error);
  return [`✗ ${oneLine(parts.what)}`, `  ${oneLine(parts.why)}`, `  ${oneLine(parts.todo)}`].join('\n');
}

/** Makes text from outside safe to print on one line of a terminal. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {3,}/g, ' ')
    .trim();
}

function partsOf(error: unknown): { what: string; why: string; todo: string } {
  if (isAuthError(error)) {
    return {
      what: error.message,
      why: error.reason ?? (error.retryable ? 'This may pass by itself.' : 'The request could not be completed.'),
      todo:
        error.hint ??
        (error.retryable ? 'Try again in a moment.' : `Look up the code ${error.code} in the documentation.`),
    };
  }
  return {
    what: error instanceof Error ? error.message : 'Something unexpected happened.',
    why: 'This is not one of the failures that the program knows.',
    todo: 'Please report it, with what you ran.',
  };
}
