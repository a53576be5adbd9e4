import type { Readable } from 'node:stream';

/** What a handler answers: data, written out in one place. A long list goes out as it is read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer | Readable;
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

/** A JSON answer that nobody may store. */
// @check 128, 223
export function json(body: unknown, options: { readonly status?: number; readonly headers?: Headers } = {}): Answer {
  return {
    status: options.status ?? 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...NO_STORE, ...options.headers },
    body: JSON.stringify(body),
  };
}

/** A page that nobody may store. */
// @check 93
export function html(body: string, options: { readonly status?: number; readonly headers?: Headers } = {}): Answer {
  return {
    status: options.status ?? 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...NO_STORE, ...options.headers },
    body,
  };
}

/** Goes on with GET, whatever the request was. @spec RFC 9700 §4.12 */
// @check 77
export function seeOther(location: string, headers: Headers = {}): Answer {
  return { status: 303, headers: { Location: location, ...NO_STORE, ...headers }, body: '' };
}

/** An answer without a body. */
export function empty(status: number, headers: Headers = {}): Answer {
  return { status, headers: { ...NO_STORE, ...headers }, body: '' };
}
