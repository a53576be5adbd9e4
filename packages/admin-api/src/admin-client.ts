import { AdminApiError } from './admin-api-error.js';
import { checkStream, readAnswer } from './answer.js';
import type { BodyInput, ParamsInput, QueryInput, Reply } from './contract.js';
import type { HttpFetch, HttpResponse } from './http-exchange.js';
import {
  DEFAULT_API_PREFIX,
  IDEMPOTENCY_KEY_HEADER,
  REQUEST_ID_HEADER,
  type Route,
  routePath,
  TOTAL_COUNT_HEADER,
} from './route.js';
import { replyKeys } from './reply-keys.js';
import { type RouteName, routes } from './route-table.js';

export interface AdminClientOptions {
  /** The server's address, with or without a path, with or without a slash at the end. */
  readonly baseUrl: string;
  /** The access token, or a function that gets a fresh one for each call. Absent: calls go out without one. */
  readonly token?: string | (() => Promise<string | undefined>);
  readonly fetch?: HttpFetch;
  /** Milliseconds for a whole exchange; 30 seconds when absent. */
  readonly timeoutMs?: number;
  readonly apiPrefix?: string;
  readonly userAgent?: string;
}

/** What a call may carry besides what its route takes. */
export interface CallOptions {
  /** The ETag that a change is based on. */
  readonly ifMatch?: string | undefined;
  /** Makes a repeated creation answer the same as the first. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Field<Key extends string, Value> = [Value] extends [undefined]
  ? { readonly [K in Key]?: undefined }
  : undefined extends Value
    ? { readonly [K in Key]?: Value }
    : { readonly [K in Key]: Value };

/** Everything that one call takes. */
export type CallInput<Name extends RouteName> = Field<'params', ParamsInput<Name>> &
  Field<'body', BodyInput<Name>> & { readonly query?: QueryInput<Name> } & CallOptions;

/** A successful answer. */
export interface Answer<Data> {
  readonly data: Data;
  readonly status: number;
  /** The version of what was read or changed; give it back as `ifMatch`. */
  readonly etag: string | undefined;
  /** How many entries there are beyond this page. */
  readonly total: number | undefined;
  readonly requestId: string | undefined;
}

type Arguments<Name extends RouteName> =
  {} extends CallInput<Name> ? [input?: CallInput<Name>] : [input: CallInput<Name>];

/** One method an operation, named as in the route table. */
export type AdminClient = {
  readonly [Name in RouteName]: (...input: Arguments<Name>) => Promise<Answer<Reply<Name>>>;
};

/**
 * Makes a client of the admin API. Nothing is sent until a method is called; every failure is an AdminApiError.
 * @example
 * const api = createAdminClient({ baseUrl: 'http://localhost:8000', token });
 * const { data, total } = await api.listClients({ query: { limit: 20 } });
 */
export function createAdminClient(options: AdminClientOptions): AdminClient {
  const methods = (Object.keys(routes) as RouteName[]).map((name) => [
    name,
    (input: LooseInput = {}) => call(name, input, options),
  ]);
  // The compiler cannot follow a type through Object.fromEntries; the test walks every method instead.
  return Object.fromEntries(methods);
}

/**
 * Sends one call and answers the response before its body is read, for answers that are streams.
 * @throws AdminApiError when the server refuses or cannot be reached.
 */
export async function openAdminStream(
  route: Route,
  input: LooseInput,
  options: AdminClientOptions,
): Promise<HttpResponse> {
  return exchange(route, input, options, async (response) => {
    await checkStream(response);
    return response;
  });
}

/** A call whose parts were not checked by the compiler. */
export interface LooseInput extends CallOptions {
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

/** What a call would send, without sending it and without its token. */
export interface PreparedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/**
 * Says what a call would send, for people who want to see it first.
 * @example prepareCall(routes.deleteClient, { params: { client_id } }, { baseUrl }).url
 */
export function prepareCall(route: Route, input: LooseInput, options: AdminClientOptions): PreparedCall {
  const path = routePath(route, input.params, options.apiPrefix ?? DEFAULT_API_PREFIX);
  return {
    method: route.method,
    url: `${options.baseUrl.replace(/\/+$/, '')}${path}${queryString(input.query)}`,
    headers: {
      Accept: route.stream ? 'application/x-ndjson' : 'application/json',
      ...(options.userAgent ? { 'User-Agent': options.userAgent } : {}),
      ...(input.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(input.ifMatch ? { 'If-Match': input.ifMatch } : {}),
      ...(input.idempotencyKey ? { [IDEMPOTENCY_KEY_HEADER]: input.idempotencyKey } : {}),
    },
    body: input.body === undefined ? undefined : JSON.stringify(input.body),
  };
}

function call(name: RouteName, input: LooseInput, options: AdminClientOptions): Promise<Answer<unknown>> {
  const route: Route = routes[name];
  return exchange(route, input, options, async (response) => {
    const data = await readAnswer(response, route, replyKeys[name]);
    const total = Number(response.headers.get(TOTAL_COUNT_HEADER) ?? Number.NaN);
    return {
      data,
      status: response.status,
      etag: response.headers.get('etag') ?? undefined,
      total: Number.isSafeInteger(total) ? total : undefined,
      requestId: response.headers.get(REQUEST_ID_HEADER) ?? undefined,
    };
  });
}

async function exchange<Result>(
  route: Route,
  input: LooseInput,
  options: AdminClientOptions,
  read: (response: HttpResponse) => Promise<Result>,
): Promise<Result> {
  const { method, url, headers, body } = prepareCall(route, input, options);
  const token = route.access === 'anyone' ? undefined : await tokenOf(options);
  // The clock starts here: getting a token may have waited for a person.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), options.timeoutMs ?? 30_000);
  const signal = input.signal ? AbortSignal.any([input.signal, late.signal]) : late.signal;
  try {
    const response = await (options.fetch ?? globalThis.fetch)(url, {
      method,
      headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers,
      // A redirect would carry the token to a server that did not issue it.
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    return await read(response);
  } catch (cause) {
    if (cause instanceof AdminApiError) throw cause;
    throw unreachable(cause, { url, timedOut: late.signal.aborted, aborted: input.signal?.aborted === true });
  } finally {
    clearTimeout(timer);
  }
}

async function tokenOf({ token }: AdminClientOptions): Promise<string | undefined> {
  return typeof token === 'function' ? token() : token;
}

function queryString(query: Readonly<Record<string, unknown>> = {}): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function unreachable(cause: unknown, at: { url: string; timedOut: boolean; aborted: boolean }): AdminApiError {
  const origin = URL.canParse(at.url) ? new URL(at.url).origin : at.url;
  if (at.aborted) return new AdminApiError('the call was cancelled', { kind: 'aborted', cause });
  if (at.timedOut) return new AdminApiError(`${origin} did not answer in time`, { kind: 'timeout', cause });
  return new AdminApiError(`${origin} cannot be reached`, { kind: 'unreachable', cause });
}
