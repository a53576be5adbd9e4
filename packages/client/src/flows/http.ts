/** Requests to an authorization server: limited in time and size, with failures told apart by what the caller can do about them. */
import { isAuthError } from '../errors/auth-error.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import { oneLine } from '../errors/describe-error.js';
import {
  NetworkError,
  OAuthProtocolError,
  RateLimitedError,
  ServerError,
  type NetworkFailure,
} from '../errors/service-errors.js';

const largestAnswer = 1024 * 1024;

/** How requests are made. */
export interface HttpOptions {
  readonly fetch?: typeof globalThis.fetch;
  /** How long one request may take; 30,000 by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly userAgent?: string;
  /** Told the server's time, in milliseconds since 1970, whenever an answer names it. */
  readonly onServerTime?: (serverTime: number) => void;
}

/** Makes a fetch that rejects with NetworkError, ServerError or RateLimitedError, and reads the whole answer before it returns. */
export function boundedFetch(options: HttpOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
    const signals = [timeout, options.signal, init?.signal].filter((signal) => signal instanceof AbortSignal);
    const headers = new Headers(init?.headers);
    if (options.userAgent && !headers.has('user-agent')) headers.set('user-agent', options.userAgent);
    try {
      const answer = await (options.fetch ?? globalThis.fetch)(input, {
        ...init,
        headers,
        signal: AbortSignal.any(signals),
      });
      const date = Date.parse(answer.headers.get('date') ?? '');
      if (!Number.isNaN(date)) options.onServerTime?.(date);
      return await checkedAnswer(answer);
    } catch (error) {
      if (isAuthError(error)) throw error;
      if (timeout.aborted) throw networkError('timeout', hostOf(input), error);
      const cancelled = signals.find((signal) => signal.aborted);
      if (cancelled) throw cancelled.reason;
      throw networkError(failureOf(error), hostOf(input), error);
    }
  };
}

/**
 * Refuses a server that answers the question for its metadata with another address: what is asked there next may hold a secret, so the
 * person has to name that address.
 */
export function refuseRedirect(answer: Response, url: URL): void {
  const location = answer.headers.get('location') ?? '';
  if (answer.status < 300 || answer.status >= 400 || !URL.canParse(location, url)) return;
  const target = new URL(location, url);
  const [path = ''] = target.pathname.split('/.well-known/');
  const address = oneLine(`${target.origin}${path === '/' ? '' : path}`);
  throw new ConfigurationError({
    message: `${url.origin} redirects to ${address}.`,
    reason: `It answered ${answer.status}.`,
    hint: `Use that address: --api-url ${address}`,
  });
}

/** The NetworkError for a request that got no answer. */
export function fetchFailure(error: unknown, url: URL): NetworkError {
  return networkError(failureOf(error), url.host, error);
}

/** Seconds to wait, from a Retry-After header of either form. */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

/** The server's name for this request. */
export function requestIdOf(headers: Headers): string | undefined {
  const value = headers.get('x-request-id');
  return value === null ? undefined : oneLine(value).slice(0, 100);
}

async function checkedAnswer(answer: Response): Promise<Response> {
  const body = await readBody(answer);
  const { status, headers } = answer;
  const about = { retryAfter: retryAfterOf(headers), requestId: requestIdOf(headers) };
  // The device flow's own "slow down" is an answer of the protocol, not a failure, even where it comes as 429.
  if (status === 429 && !/"slow_down"|"authorization_pending"/.test(body)) {
    throw new RateLimitedError({
      message: 'The server asks for fewer requests.',
      reason: 'It answered 429 Too Many Requests.',
      hint: about.retryAfter === undefined ? 'Try again in a minute.' : `Try again in ${about.retryAfter} seconds.`,
      ...about,
    });
  }
  if (status >= 500) {
    throw new ServerError({
      message: 'The server failed to answer.',
      reason: `It answered ${status}.`,
      hint: 'Try again in a moment; if it goes on, tell whoever runs the server.',
      status,
      ...about,
    });
  }
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : body, { status, statusText: answer.statusText, headers });
}

async function readBody(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = answer.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > largestAnswer) {
      await reader?.cancel();
      throw new OAuthProtocolError({
        message: 'The server sent an answer that is too large.',
        reason: 'An OAuth answer is a small JSON object.',
        hint: 'Check the address of the server.',
      });
    }
    chunks.push(part.value);
  }
  return new TextDecoder().decode(joined(chunks, size));
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function failureOf(error: unknown): NetworkFailure {
  const codes = causesOf(error).map((cause) =>
    'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name,
  );
  if (codes.some((code) => code === 'ENOTFOUND' || code === 'EAI_AGAIN')) return 'dns';
  if (codes.some((code) => code === 'ECONNREFUSED')) return 'refused';
  if (codes.some((code) => /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))) return 'tls';
  if (codes.some((code) => /PROXY/i.test(code))) return 'proxy';
  if (codes.some((code) => /TIMEOUT|ETIMEDOUT/i.test(code))) return 'timeout';
  return 'unreachable';
}

function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(causesOf) : [];
  return [error, ...inner, ...causesOf(error.cause)];
}

const explanations: Readonly<Record<NetworkFailure, readonly [reason: string, hint: string]>> = {
  dns: ['Its name could not be resolved.', 'Check the address and your connection.'],
  refused: ['Nothing answers at that address and port.', 'Check the address, and that the server is running.'],
  tls: [
    'The secure connection could not be made.',
    'Check the certificate, or name its authority with NODE_EXTRA_CA_CERTS.',
  ],
  proxy: ['The proxy refused the connection.', 'Check HTTPS_PROXY and NO_PROXY.'],
  timeout: ['It did not answer in time.', 'Check your connection and try again.'],
  unreachable: ['The connection failed or was cut.', 'Check your connection and try again.'],
};

function networkError(failure: NetworkFailure, host: string, cause: unknown): NetworkError {
  const [reason, hint] = explanations[failure];
  return new NetworkError({ message: `Could not reach ${host}.`, reason, hint, failure, cause });
}

function hostOf(input: string | URL | Request): string {
  const url = input instanceof Request ? input.url : String(input);
  return URL.canParse(url) ? new URL(url).host : 'the server';
}
