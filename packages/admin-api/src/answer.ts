import { AdminApiError } from './admin-api-error.js';
import type { HttpResponse } from './http-exchange.js';
import { REQUEST_ID_HEADER, type Route } from './route.js';

/** Reading what the server answered, trusting none of it to be what was asked for. */

/**
 * The body of a successful answer.
 * @throws AdminApiError for a refusal, a failure, or an answer that is not what the route promises.
 */
export async function readAnswer(response: HttpResponse, route: Route, keys: readonly string[]): Promise<unknown> {
  if (!response.ok) throw await readRefusal(response);
  if (response.status === 204) return undefined;
  const text = await response.text();
  // 204 promised, 200 with some text answered: an older server; there was nothing to read anyway.
  if (route.status === 204) return undefined;
  const data = isJson(response) ? parse(text) : undefined;
  if (data === undefined) throw notOurs(response, text);
  const isThat = route.counted ? Array.isArray(data) && data.every((one) => hasAll(one, keys)) : hasAll(data, keys);
  if (!isThat) throw notThat(response);
  return data;
}

/** @throws AdminApiError when the answer to a stream is something else. */
export async function checkStream(response: HttpResponse): Promise<void> {
  if (!response.ok) throw await readRefusal(response);
  if (!/^application\/x-ndjson\b/i.test(response.headers.get('content-type') ?? '')) throw notOurs(response, '…');
}

/** The error that an unsuccessful answer means. */
export async function readRefusal(response: HttpResponse): Promise<AdminApiError> {
  const text = await response.text();
  const body = isJson(response) ? parse(text) : undefined;
  const said = words(body);
  // A proxy's or another program's error page; its words would only mislead.
  if (!said && response.status < 500) return notOurs(response, text);
  const fields = { ...problemFields(body), ...common(response) };
  if (response.status >= 500)
    return new AdminApiError(said ?? `the server answered ${response.status}`, { ...fields, kind: 'failed' });
  return new AdminApiError(said ?? '', { ...fields, kind: 'refused' });
}

function isJson(response: HttpResponse): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function notOurs(response: HttpResponse, text: string): AdminApiError {
  const type =
    response.headers.get('content-type')?.split(';')[0]?.trim() || (text === '' ? 'nothing' : 'an unlabelled body');
  const redirect = response.status >= 300 && response.status < 400;
  const target = redirect ? response.headers.get('location') : undefined;
  const where = target && URL.canParse(target) ? ` to ${new URL(target).origin}` : '';
  const what = redirect ? `a redirect (${response.status})${where}` : `status ${response.status} with ${type}`;
  return new AdminApiError(`the answer is not from Authly's API: ${what}`, { kind: 'unexpected', ...common(response) });
}

function notThat(response: HttpResponse): AdminApiError {
  const message = "the answer is JSON, but not what Authly's API answers to this";
  return new AdminApiError(message, { kind: 'unexpected', ...common(response) });
}

function hasAll(value: unknown, keys: readonly string[]): boolean {
  return isRecord(value) && keys.every((key) => key in value);
}

function common(response: HttpResponse) {
  const wait = response.headers.get('retry-after');
  return {
    status: response.status,
    ...optional('requestId', response.headers.get(REQUEST_ID_HEADER) ?? undefined),
    ...optional('retryAfter', wait !== null && /^\d{1,9}$/.test(wait) ? Number(wait) : undefined),
  };
}

// { detail: "…" } of the admin API, { detail: [{ msg }] } of older servers, { error, error_description } of OAuth endpoints.
function words(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { detail, error, error_description: description } = body;
  if (typeof detail === 'string' && detail !== '') return detail;
  if (Array.isArray(detail)) {
    const messages = detail.flatMap((entry) =>
      isRecord(entry) && typeof entry['msg'] === 'string' ? [entry['msg']] : [],
    );
    if (messages.length > 0) return messages.join('; ');
  }
  if (typeof description === 'string' && description !== '') return description;
  return typeof error === 'string' && error !== '' ? error : undefined;
}

function problemFields(body: unknown) {
  if (!isRecord(body)) return {};
  const { error_code: code, error, request_id: requestId, required_scope: requiredScope, errors } = body;
  return {
    ...optional('code', typeof code === 'string' ? code : typeof error === 'string' ? error : undefined),
    ...optional('requestId', typeof requestId === 'string' ? requestId : undefined),
    ...optional('requiredScope', typeof requiredScope === 'string' ? requiredScope : undefined),
    ...optional('errors', Array.isArray(errors) ? errors.filter(isFieldError) : undefined),
  };
}

function isFieldError(value: unknown): value is { field: string; message: string } {
  return isRecord(value) && typeof value['field'] === 'string' && typeof value['message'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value });
}
