/** The second half of the device flow: asking until the person has decided. */
import { ResponseBodyError, deviceCodeGrantRequest, processDeviceCodeResponse } from 'oauth4webapi';
import { DeviceCodeExpiredError } from '../../errors/login-errors.js';
import { NetworkError, RateLimitedError, ServerError } from '../../errors/service-errors.js';
import { exchanged, type Connection } from '../connection.js';
import { retryAfterOf } from '../http.js';
import { oauthErrorOf } from '../oauth-failure.js';
import { tokenSetOf, type TokenSet } from '../token-set.js';
import type { DeviceAuthorization } from './device-authorization.js';
import { afterAnswer, startPolling, waitBeforePoll, type PollAnswer } from './poll-schedule.js';

/** How to wait for the person. */
export interface DevicePollOptions {
  readonly signal?: AbortSignal;
  /** When the code was asked for, in milliseconds since 1970: a login that is continued later need not wait for its first poll. */
  readonly since?: number;
  /** Hands over a function that polls at once, for Enter and for a process that resumes; returns how to take it back. */
  readonly onWake?: (poll: () => void) => () => void;
  /** Told once, after the second `slow_down`, by how many per cent the local clock runs fast compared with the server's. */
  readonly onClockDrift?: (percent: number) => void;
}

/** What one poll brought: the tokens, or a reason to ask again. */
export type PollOutcome =
  | { readonly type: 'tokens'; readonly tokens: TokenSet }
  | (PollAnswer & { readonly retryAfter?: number });

/**
 * Polls until the code is approved. Rejects with AccessDeniedError, DeviceCodeExpiredError, OAuthProtocolError, or the signal's reason; a network that
 * fails in between only makes it wait longer.
 *
 * @spec RFC 8628 §3.4
 * @example
 * ```ts
 * const tokens = await pollDeviceToken(connection, device, { signal: AbortSignal.timeout(300_000) });
 * ```
 */
export async function pollDeviceToken(
  connection: Connection,
  device: DeviceAuthorization,
  options: DevicePollOptions = {},
): Promise<TokenSet> {
  const { clock } = connection;
  const startedAt = clock.now();
  const startSkew = connection.skewSeconds();
  let schedule = startPolling(device);
  let retryAfter = 0;
  let waited = Math.max(0, startedAt - (options.since ?? startedAt));
  for (;;) {
    const pause = waitBeforePoll(schedule, clock.now(), retryAfter);
    if (pause === undefined) throw codeExpired();
    const wait = Math.max(0, pause - waited);
    waited = 0;
    await wakeableSleep(connection, wait, options);
    const outcome = await pollOnce(connection, device, options.signal);
    if (outcome.type === 'tokens') return outcome.tokens;
    const slowedDown = schedule.slowDowns;
    schedule = afterAnswer(schedule, outcome);
    retryAfter = outcome.retryAfter ?? 0;
    if (slowedDown === 1 && schedule.slowDowns === 2) {
      const local = (clock.now() - startedAt) / 1000;
      const server = local + connection.skewSeconds() - startSkew;
      if (server > 0) options.onClockDrift?.(Math.round(((local - server) / server) * 100));
    }
  }
}

/**
 * Asks once. A device code that was approved is redeemed by this very call.
 *
 * @example
 * ```ts
 * const outcome = await pollOnce(connection, device);
 * if (outcome.type === 'tokens') console.log(outcome.tokens.scopes);
 * ```
 */
export async function pollOnce(
  connection: Connection,
  device: Pick<DeviceAuthorization, 'deviceCode'>,
  signal?: AbortSignal,
): Promise<PollOutcome> {
  const { server, client, authentication } = connection;
  try {
    const answer = await exchanged(
      connection,
      () => deviceCodeGrantRequest(server, client, authentication, device.deviceCode, connection.request(signal)),
      (response) => processDeviceCodeResponse(server, client, response),
    );
    return { type: 'tokens', tokens: tokenSetOf(connection, answer) };
  } catch (error) {
    return unfinished(error);
  }
}

function unfinished(error: unknown): PollOutcome {
  const code = oauthErrorOf(error);
  if (code === 'authorization_pending') return { type: 'pending', ...advice(error) };
  if (code === 'slow_down') return { type: 'slow_down', ...advice(error) };
  if (error instanceof ServerError || error instanceof RateLimitedError) {
    return { type: error.retryAfter === undefined ? 'unreachable' : 'busy', retryAfter: error.retryAfter };
  }
  if (error instanceof NetworkError) return { type: 'unreachable' };
  throw error;
}

/** Some servers put a new interval into the error, or a Retry-After beside it. */
function advice(error: unknown): { interval?: number; retryAfter?: number } {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof ResponseBodyError)) return {};
  const interval: unknown = 'interval' in cause.cause ? cause.cause.interval : undefined;
  return {
    interval: typeof interval === 'number' && interval > 0 ? interval : undefined,
    retryAfter: retryAfterOf(cause.response.headers),
  };
}

async function wakeableSleep(connection: Connection, milliseconds: number, options: DevicePollOptions): Promise<void> {
  const woken = new AbortController();
  const forget = options.onWake?.(() => woken.abort());
  const signals = [woken.signal, options.signal].filter((signal) => signal !== undefined);
  try {
    await connection.clock.sleep(milliseconds, AbortSignal.any(signals));
  } catch (error) {
    if (options.signal?.aborted || !woken.signal.aborted) throw error;
  } finally {
    forget?.();
  }
}

function codeExpired(): DeviceCodeExpiredError {
  return new DeviceCodeExpiredError({
    message: 'The code expired before it was approved.',
    reason: 'Nobody entered it in time.',
    hint: 'Start the login again.',
  });
}
