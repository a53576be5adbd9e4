/** Login in a browser that comes back to this computer. */
import { isAuthError } from '../../errors/auth-error.js';
import { oneLine } from '../../errors/describe-error.js';
import { LoginTimeoutError } from '../../errors/login-errors.js';
import type { Connection } from '../connection.js';
import { oauthErrorOf } from '../oauth-failure.js';
import type { TokenSet } from '../token-set.js';
import { finishAuthorization, startAuthorization, type AuthorizationRequest } from './authorization-request.js';
import { listenOnLoopback, type LoopbackListener } from './loopback-listener.js';
import { parsePastedAnswer } from './pasted-answer.js';

/** How long a person may take by default. */
export const browserLoginMs = 300_000;

/** How the person is sent to the browser and back. */
export interface LoopbackOptions {
  /** Shows the address, and opens it where there is a browser. Called once, before anything is waited for. */
  readonly onUrl: (url: string) => void | Promise<void>;
  /** A fixed port, for containers that forward one; a free port otherwise. */
  readonly callbackPort?: number;
  /** How long to wait for the person, in milliseconds; 300,000 by default. */
  readonly timeoutMs?: number;
  /** Asks for a pasted code or address while the browser is awaited; the signal ends when the browser comes first. */
  readonly askForCode?: (signal: AbortSignal) => Promise<string>;
  readonly loginHint?: string;
  readonly prompt?: string;
  readonly signal?: AbortSignal;
}

/**
 * Logs in through the browser with PKCE and a loopback redirect. The browser is shown the true result, after the code was exchanged. Rejects with
 * AccessDeniedError, LoginTimeoutError, OAuthProtocolError, ConfigurationError, network errors, or the signal's reason.
 *
 * @spec RFC 8252 §7.3
 * @example
 * ```ts
 * const tokens = await loginThroughLoopback(connection, { onUrl: (url) => console.error(url) });
 * ```
 */
export async function loginThroughLoopback(connection: Connection, options: LoopbackOptions): Promise<TokenSet> {
  const listener = await listenOnLoopback({ port: options.callbackPort });
  const ended = new AbortController();
  const timeout = AbortSignal.timeout(options.timeoutMs ?? browserLoginMs);
  const signals = [ended.signal, timeout, options.signal].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  try {
    const request = await startAuthorization(connection, { ...options, redirectUri: listener.redirectUri, signal });
    // The address comes first on the screen, then whatever is asked.
    const shown = Promise.resolve(options.onUrl(request.url));
    shown.catch(() => undefined);
    const tokens = firstTokens(connection, listener, request, options, signal);
    await Promise.race([shown, tokens]);
    return await tokens;
  } catch (error) {
    throw timeout.aborted && !isAuthError(error) ? tooLate() : error;
  } finally {
    ended.abort();
    await listener.close();
  }
}

/** The browser or the pasted code, whichever comes first; a pasted code that the server refuses is asked for again. */
async function firstTokens(
  connection: Connection,
  listener: LoopbackListener,
  request: AuthorizationRequest,
  options: LoopbackOptions,
  signal: AbortSignal,
): Promise<TokenSet> {
  const callback = listener
    .answer(request.state, signal)
    .then((parameters): Answer => ({ parameters, from: 'browser' }));
  callback.catch(() => undefined);
  const ask = options.askForCode;
  for (;;) {
    // A terminal that cannot ask is no reason to stop waiting for the browser.
    const pasted = ask && askUntilUsable(connection, request, ask, signal).catch(() => callback);
    const answer = await Promise.race([callback, ...(pasted ? [pasted] : [])]);
    try {
      return await concluded(connection, listener, request, answer);
    } catch (error) {
      if (answer.from === 'browser' || oauthErrorOf(error) !== 'invalid_grant') throw error;
    }
  }
}

interface Answer {
  readonly parameters: URLSearchParams;
  readonly from: 'browser' | 'terminal';
}

async function askUntilUsable(
  connection: Connection,
  request: AuthorizationRequest,
  ask: (signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<Answer> {
  for (;;) {
    const parameters = parsePastedAnswer(await ask(signal), request, connection.server);
    if (parameters) return { parameters, from: 'terminal' };
    signal.throwIfAborted();
  }
}

async function concluded(
  connection: Connection,
  listener: LoopbackListener,
  request: AuthorizationRequest,
  answer: Answer,
): Promise<TokenSet> {
  try {
    const tokens = await finishAuthorization(connection, request, answer.parameters);
    await listener.finish({
      tone: 'success',
      title: 'You are logged in',
      text: 'Go back to your terminal. You can close this page.',
      facts: { Account: tokens.username, Server: new URL(connection.server.issuer).host },
    });
    return tokens;
  } catch (error) {
    if (answer.from === 'browser')
      await listener.finish({ tone: 'danger', title: 'The login did not succeed', text: explanation(error) });
    throw error;
  }
}

function explanation(error: unknown): string {
  return isAuthError(error) ? oneLine(`${error.message} ${error.reason ?? ''}`) : 'Go back to the terminal.';
}

function tooLate(): LoginTimeoutError {
  return new LoginTimeoutError({
    message: 'The login was not finished in time.',
    reason: 'The browser did not come back.',
    hint: 'Start the login again, or use --method device.',
  });
}
