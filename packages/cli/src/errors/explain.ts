import { AdminApiError } from '@authly/admin-api/client';
import { explainApiError } from './api-error.js';
import { CliError } from './cli-error.js';
import { EXIT, type ExitCode } from './exit-code.js';

/** Turns whatever was thrown into what, why, what to do. What nobody foresaw is a fault of this program and says so. */
export function explain(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof AdminApiError) return explainApiError(error);
  if (isAuthError(error)) return explainAuthError(error);
  return new CliError({
    message: 'Something in this program went wrong',
    reason: error instanceof Error ? `${error.name}: ${error.message}` : 'Something was thrown that is not an error.',
    hint: 'Run the command again with AUTHLY_LOG_LEVEL=DEBUG and report what it prints.',
    code: 'internal_error',
    exitCode: EXIT.general,
    cause: error,
  });
}

/** The part of @authly/client's errors that is told; read by shape, so that no command loads that package only to fail. */
interface AuthErrorShape extends Error {
  readonly code: string;
  readonly reason?: string;
  readonly hint?: string;
  readonly exitCode: ExitCode;
  readonly retryable: boolean;
  readonly requestId?: string;
}

function isAuthError(error: unknown): error is AuthErrorShape {
  return error instanceof Error && Reflect.get(error, Symbol.for('authly.auth-error')) === true;
}

function explainAuthError(error: AuthErrorShape): CliError {
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
