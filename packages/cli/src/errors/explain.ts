import { AdminApiError } from '@authly/admin-api/client';
import { explainApiError } from './api-error.js';
import { explainAuthError, isAuthError } from './auth-error.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-code.js';

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
