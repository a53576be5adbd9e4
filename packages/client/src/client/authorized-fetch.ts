/** `fetch` with the token: sent to trusted addresses only, renewed once when it is refused, never dragged along a redirect to a stranger. */
import type { AccessToken, Credential, TokenRequest } from '../credentials/credential.js';
import { isAuthError } from '../errors/auth-error.js';
import { ConfigurationError, StepUpRequiredError } from '../errors/credential-errors.js';
import { fetchFailure } from '../flows/http.js';
import type { AuthEmitter } from '../session/auth-events.js';
import { missingScopes } from '../session/token-session.js';
import { type Challenge, tokenChallenge } from '../resource/challenge-header.js';
import { requireTrusted } from '../resource/trusted-origins.js';

const mostRedirects = 10;

/** What requests are made with. */
export interface AuthorizedFetchOptions {
  readonly credential: () => Promise<Credential>;
  readonly origins: () => Promise<ReadonlySet<string>>;
  /** The address of the API, which paths without a host belong to. */
  readonly base?: () => Promise<string | undefined>;
  readonly fetch: typeof globalThis.fetch;
  readonly events: AuthEmitter;
  readonly userAgent: string;
  readonly request?: TokenRequest;
  readonly login?: string;
  /** Sends one request with a bound token and its proof. */
  readonly sendBound?: (token: AccessToken, call: Call) => Promise<Response>;
  /** How long to wait for the head of an answer, in milliseconds. */
  readonly timeoutMs?: number;
}

/** One request, taken apart. */
export interface Call {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: BodyInit | null;
  readonly replayable: boolean;
  readonly redirect: RequestRedirect;
  readonly signal?: AbortSignal;
}

/** Makes a fetch that authorizes itself. It rejects with UntrustedOriginError before anything is sent, and with the errors of the credential. */
export function createAuthorizedFetch(options: AuthorizedFetchOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const call = callOf(
      await addressOf(input instanceof Request ? input.url : String(input), options.base),
      input,
      init,
      options.userAgent,
    );
    requireTrusted(call.url, await options.origins());
    const credential = await options.credential();
    const token = await credential.getToken({ ...options.request, signal: call.signal });
    const answer = await followed(call, options, (hop) => authorized(hop, credential, token, options));
    const challenge = answer.status === 401 || answer.status === 403 ? tokenChallenge(answer.headers) : undefined;
    refuseStepUp(challenge, answer.status, token, options.login);
    if (answer.status !== 401 || !isRenewable(challenge) || !call.replayable) return answer;
    const next = await renewedToken(credential, token, call, options);
    if (!next) return answer;
    await answer.body?.cancel();
    options.events.emit('request:retried', { url: `${call.url.origin}${call.url.pathname}`, reason: 'invalid_token' });
    return followed(call, options, (hop) => authorized(hop, credential, next, options));
  };
}

/** Where a request goes: an address, or a path of the API. */
export async function addressOf(text: string, base: (() => Promise<string | undefined>) | undefined): Promise<URL> {
  if (URL.canParse(text)) return new URL(text);
  const api = await base?.();
  if (api !== undefined && URL.canParse(text, api)) return new URL(text, api);
  throw new ConfigurationError({
    message: 'The request has no address.',
    reason:
      api === undefined
        ? 'It names a path alone, and no apiUrl says of which API.'
        : 'It is no address, and no path of the API either.',
    hint: 'Name the whole address, or the address of the API in apiUrl.',
  });
}

function callOf(url: URL, input: string | URL | Request, init: RequestInit | undefined, userAgent: string): Call {
  const source = input instanceof Request ? input : undefined;
  const headers = new Headers(init?.headers ?? source?.headers);
  if (!headers.has('user-agent')) headers.set('user-agent', userAgent);
  const body = init?.body ?? source?.body ?? null;
  return {
    url,
    method: (init?.method ?? source?.method ?? 'GET').toUpperCase(),
    headers,
    body,
    replayable: !(body instanceof ReadableStream) && !isIterator(body),
    redirect: init?.redirect ?? source?.redirect ?? 'follow',
    signal: init?.signal ?? source?.signal,
  };
}

function isIterator(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body && !(body instanceof Blob);
}

/** Follows redirects by hand: the platform would drop Authorization on the way to a stranger, but not an API key in another header. */
async function followed(
  call: Call,
  options: AuthorizedFetchOptions,
  send: (hop: Call) => Promise<Response>,
): Promise<Response> {
  let hop = call;
  let left = false;
  for (let hops = 0; ; hops += 1) {
    // A stranger that sends the request back has chosen its address: the token stays away.
    left ||= hop.url.origin !== call.url.origin;
    const answer = await (left ? sendPlainly(withoutCredentials(hop), options) : send(hop));
    const target = answer.headers.get('location');
    const redirects = [301, 302, 303, 307, 308].includes(answer.status) && target !== null;
    if (!redirects || call.redirect === 'manual') return answer;
    if (call.redirect === 'error' || hops === mostRedirects)
      throw new TypeError('The request was redirected too often.');
    await answer.body?.cancel();
    hop = nextHop(hop, new URL(target, hop.url), answer.status);
  }
}

function nextHop(call: Call, url: URL, status: number): Call {
  const becomesGet = status === 303 ? call.method !== 'HEAD' : status < 303 && call.method === 'POST';
  if (!becomesGet) return { ...call, url };
  const headers = new Headers(call.headers);
  for (const name of ['content-type', 'content-length', 'content-encoding', 'content-language']) headers.delete(name);
  return { ...call, url, headers, method: 'GET', body: null };
}

function withoutCredentials(call: Call): Call {
  const headers = new Headers(call.headers);
  for (const name of ['authorization', 'cookie', 'dpop', 'x-api-key', 'proxy-authorization']) headers.delete(name);
  return { ...call, headers };
}

function authorized(
  call: Call,
  credential: Credential,
  token: AccessToken,
  options: AuthorizedFetchOptions,
): Promise<Response> {
  if (token.type === 'DPoP' && options.sendBound) return options.sendBound(token, call);
  const headers = new Headers(call.headers);
  if (credential.authorize) credential.authorize(headers, token);
  else headers.set('authorization', `${token.type} ${token.token}`);
  return sendPlainly({ ...call, headers }, options);
}

/** Sends once; only a request that changes nothing is sent again after the connection failed. */
async function sendPlainly(call: Call, options: AuthorizedFetchOptions): Promise<Response> {
  const repeatable = ['GET', 'HEAD', 'OPTIONS'].includes(call.method);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sendOnce(call, options);
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      if (!repeatable || attempt === 2) throw fetchFailure(error, call.url);
      options.events.emit('request:retried', { url: `${call.url.origin}${call.url.pathname}`, reason: 'network' });
    }
  }
}

async function sendOnce(call: Call, options: AuthorizedFetchOptions): Promise<Response> {
  const { url, method, headers, body } = call;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new DOMException('no answer in time', 'TimeoutError')),
    options.timeoutMs ?? 60_000,
  );
  const signals = [limit.signal, call.signal].filter((signal) => signal !== undefined);
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.any(signals),
  };
  if (body instanceof ReadableStream) init.duplex = 'half';
  try {
    return await options.fetch(url, init);
  } finally {
    clearTimeout(timer);
  }
}

/** @spec RFC 6750 §3.1, RFC 9470 §3 */
function refuseStepUp(
  challenge: Challenge | undefined,
  status: number,
  token: AccessToken,
  login: string | undefined,
): void {
  const { error, scope, acr_values: acr, max_age: age } = challenge?.parameters ?? {};
  if (status === 403 && error === 'insufficient_scope') {
    const wanted = (scope ?? '').split(' ').filter(Boolean);
    throw missingScopes(
      wanted.filter((name) => !token.scopes.includes(name)),
      login,
    );
  }
  if (error !== 'insufficient_user_authentication') return;
  throw new StepUpRequiredError({
    message: 'The API asks for a fresher or stronger login.',
    reason: acr === undefined ? 'Your login is too old for this.' : `It accepts ${acr}.`,
    hint: login === undefined ? 'Log in again.' : `Run:  ${login} --force`,
    missing: [],
    command: login,
    acrValues: acr?.split(' ') ?? [],
    maxAge: age === undefined ? undefined : Number(age),
  });
}

function isRenewable(challenge: Challenge | undefined): boolean {
  return (
    challenge === undefined ||
    challenge.parameters.error === undefined ||
    challenge.parameters.error === 'invalid_token'
  );
}

/** Another token than the one that was refused; `undefined` when there is none to be had for now. */
async function renewedToken(
  credential: Credential,
  refused: AccessToken,
  call: Call,
  options: AuthorizedFetchOptions,
): Promise<AccessToken | undefined> {
  if (!credential.invalidate) return undefined;
  await credential.invalidate(refused);
  try {
    const next = await credential.getToken({ ...options.request, forceRefresh: true, signal: call.signal });
    return next.token === refused.token ? undefined : next;
  } catch (error) {
    // The network's failure is no reason to hide what the API has said.
    if (isAuthError(error) && error.retryable) return undefined;
    throw error;
  }
}
