import { CliError } from './cli-error.js';
import type { ExitCode } from './exit-code.js';

/** The part of @authly/client's errors that is told; read by shape, so that no command loads that package only to fail. */
interface AuthErrorShape extends Error {
  readonly code: string;
  readonly reason?: string;
  readonly hint?: string;
  readonly exitCode: ExitCode;
  readonly retryable: boolean;
  readonly requestId?: string;
}

/** Recognises an error of that package, whichever copy of it made it. */
export function isAuthError(error: unknown): error is AuthErrorShape {
  return error instanceof Error && Reflect.get(error, Symbol.for('authly.auth-error')) === true;
}

/** The same in the form of this command. */
export function explainAuthError(error: AuthErrorShape): CliError {
  return new CliError({
    message: error.message.replace(/\.$/, ''),
    reason: error.reason,
    hint: error.hint,
    code: error.code,
    exitCode: error.exitCode,
    requestId: error.requestId,
    retryable: error.retryable,
    cause: error,
  });
}
