import { AdminApiError } from '@authly/admin-api/client';
import { oneLine } from '../terminal/plain-text.js';
import { explainAuthError, isAuthError } from './auth-error.js';
import { CliError, type CliErrorParts } from './cli-error.js';
import { EXIT } from './exit-code.js';

/** What a failed call of the admin API means to the person who ran a command. */

/** The thing that a command was about. */
export interface Subject {
  /** `Client` */
  readonly noun: string;
  /** `Client ID` */
  readonly label: string;
  readonly id: string;
}

/**
 * Waits for a call about one thing; if there is no such thing, says so in its words.
 * @example const { data } = await about({ noun: 'Client', label: 'Client ID', id }, api.getClient({ params: { client_id: id } }));
 */
export async function explainErrorsOf<Result>(subject: Subject, call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof AdminApiError ? explainApiError(error, subject) : error;
  }
}

/** The three lines of a failed call. */
export function explainApiError(error: AdminApiError, subject?: Subject): CliError {
  // A token that could not be renewed on the way is what went wrong, not the network.
  if (isAuthError(error.cause)) return explainAuthError(error.cause);
  const facts = { requestId: error.requestId, retryAfter: error.retryAfter, cause: error };
  if (error.kind === 'refused') return new CliError({ ...facts, ...refusal(error, subject) });
  return new CliError({ ...facts, ...explainTrouble(error) });
}

type Explanation = Pick<CliErrorParts, 'message' | 'reason' | 'hint' | 'exitCode' | 'code' | 'retryable'>;

function explainTrouble(error: AdminApiError): Explanation {
  if (error.code === 'ADMIN_API_DISABLED')
    return {
      message: 'The admin API is switched off',
      reason: sentence(error.message),
      hint: 'Set AUTHLY_ADMIN_API_ENABLED=true on the server and restart it.',
      code: 'admin_api_disabled',
      exitCode: EXIT.network,
    };
  if (error.kind === 'aborted') return { message: 'Cancelled', code: 'cancelled', exitCode: EXIT.cancelled };
  if (error.kind === 'failed')
    return {
      message: 'The server failed to answer',
      reason: `It answered ${error.status}: ${sentence(error.message)}`,
      hint: error.retryAfter
        ? `Try again in ${error.retryAfter} seconds.`
        : "Try again in a moment; if it goes on, look at the server's log.",
      code: 'server_error',
      exitCode: EXIT.network,
      retryable: true,
    };
  if (error.kind === 'unexpected')
    return {
      message: "This is not Authly's admin API",
      reason: sentence(error.message),
      hint:
        addressOf(error) ??
        'Check the address with: authly admin auth info. A server of an older version, a proxy or another program may be answering there.',
      code: 'unexpected_answer',
      exitCode: EXIT.general,
    };
  const late = error.kind === 'timeout';
  return {
    message: late ? 'The server did not answer in time' : 'The server cannot be reached',
    reason: sentence(late ? error.message : `${error.message}${networkWords(error.cause)}`),
    hint: late
      ? 'Try again, or wait longer with --timeout SECONDS.'
      : 'Start it with: authly serve, or name the right address with --api-url or AUTHLY_API_URL.',
    code: late ? 'timeout' : 'network_error',
    exitCode: EXIT.network,
    retryable: true,
  };
}

/** A server that has moved says where to; the token is not sent after it. */
function addressOf({ message }: AdminApiError): string | undefined {
  const target = /a redirect \(\d+\) to (\S+)$/.exec(message)?.[1];
  return target && `Use that address: --api-url ${oneLine(target)}`;
}

function refusal(error: AdminApiError, subject: Subject | undefined): Explanation {
  const reason = sentence(error.message);
  const { status = 0, code } = error;
  if (status === 401) return explainUnauthenticated(reason, code);
  if (status === 403) return explainForbidden(error, reason);
  if (status === 404) return explainMissing(error, subject);
  if (status === 429)
    return {
      message: 'Too many requests',
      reason,
      hint: error.retryAfter === undefined ? 'Try again in a minute.' : `Try again in ${error.retryAfter} seconds.`,
      code: 'rate_limited',
      exitCode: EXIT.rateLimited,
      retryable: true,
    };
  if (status === 412)
    return {
      message: `${subject?.noun ?? 'It'} has changed meanwhile`,
      reason: 'Somebody else changed it after it was read here; nothing was overwritten.',
      hint: 'Look at it again, then repeat the command if it still makes sense.',
      code: 'conflict',
      exitCode: EXIT.conflict,
    };
  if (code === 'ALREADY_EXISTS' || (status <= 409 && /already exists/i.test(error.message)))
    return {
      message: `${subject?.noun ?? 'It'} already exists`,
      reason,
      hint: existingHint(subject),
      code: 'already_exists',
      exitCode: EXIT.conflict,
    };
  if (status === 409 || code === 'IDEMPOTENCY_CONFLICT')
    return {
      message: 'The change would break a rule',
      reason,
      hint: 'Nothing was changed.',
      code: 'conflict',
      exitCode: EXIT.conflict,
    };
  return {
    message: 'Validation failed',
    reason: otherFields(error) ?? namedField(error, reason),
    hint: 'Nothing was changed. Correct the option and run the command again; --help lists the options.',
    code: 'validation_failed',
    exitCode: EXIT.validation,
  };
}

function explainUnauthenticated(reason: string, code: string | undefined): Explanation {
  const wrong = code === 'INVALID_CREDENTIALS' || code === 'invalid_grant';
  return {
    message: 'Authentication failed',
    reason: wrong ? reason : `The server did not accept the token: ${reason}`,
    hint: wrong ? 'Check user name and password.' : 'Log in again: authly admin auth login',
    code: 'authentication_failed',
    exitCode: EXIT.authentication,
  };
}

function explainForbidden(error: AdminApiError, reason: string): Explanation {
  const denied = { message: 'Permission denied', reason, code: 'permission_denied', exitCode: EXIT.permission };
  if (error.code === 'ADMIN_API_LOCALHOST_ONLY')
    return {
      ...denied,
      hint: 'Run the command on the server itself, or set AUTHLY_ADMIN_API_LOCALHOST_ONLY=false there.',
    };
  if (error.code === 'PASSWORD_CHANGE_REQUIRED')
    return { ...denied, hint: 'Sign in with a browser and choose a new password first.' };
  const scope = error.requiredScope ?? /admin:[a-z]+:(?:read|write)/.exec(error.message)?.[0];
  if (scope)
    return { ...denied, hint: `Log in with that permission: authly admin auth login --scope "${oneLine(scope)}"` };
  return { ...denied, hint: 'Log in as an administrator: authly admin auth login' };
}

// { detail: "Not Found" } is what a server says that does not know the path at all.
function explainMissing(error: AdminApiError, subject: Subject | undefined): Explanation {
  const known =
    error.code === undefined
      ? /not found/i.test(error.message) && !/^not found$/i.test(error.message)
      : error.code !== 'NOT_FOUND';
  if (!known)
    return {
      message: 'The server does not know this operation',
      reason: 'It is probably of an older version than this command.',
      hint: 'This command says its version with: authly --version, a server with: authly admin status. Update the older one.',
      code: 'unknown_operation',
      exitCode: EXIT.general,
    };
  return {
    message: subject ? `${subject.noun} not found` : 'Not found',
    reason: subject
      ? `${subject.label} '${oneLine(subject.id)}' does not exist or has been deleted.`
      : sentence(error.message),
    code: 'not_found',
    exitCode: EXIT.notFound,
  };
}

function existingHint(subject: Subject | undefined): string {
  if (subject?.noun === 'Scope') return `To change it, run: authly admin scope update ${oneLine(subject.id)}`;
  return 'Choose another name.';
}

function otherFields(error: AdminApiError): string | undefined {
  const messages = [...new Set((error.errors ?? []).map(({ message }) => sentence(message)))];
  return messages.length > 1 ? messages.join(' ') : undefined;
}

/** A message that only says what something must be says of which option. */
function namedField({ errors }: AdminApiError, reason: string): string {
  const field = errors?.[0]?.field;
  if (!field || !/^must\b/.test(reason)) return reason;
  return `--${oneLine(field).replaceAll('_', '-')} ${reason}`;
}

function networkWords(cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'ECONNREFUSED') return ': nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ': the name is not known';
  if (code === 'ECONNRESET' || code === 'EPIPE') return ': the connection was cut';
  if (code && /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return `: its certificate is not trusted (${code})`;
  return code ? `: ${code}` : '';
}

function codeOf(cause: unknown): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return undefined;
}

function sentence(text: string): string {
  const line = oneLine(text).trim();
  return line === '' || /[.!?:]$/.test(line) ? line : `${line}.`;
}
