import type { HttpFetch } from '@authly/admin-api/client';
import { oneLine } from '../terminal/plain-text.js';

/** Says on stderr what goes over the wire, without anything secret: no token, no body, no cookie. */

export interface TraceOptions {
  readonly tell: (line: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

const SHOWN_ANSWERS = ['content-type', 'x-request-id', 'etag', 'retry-after', 'ratelimit', 'x-total-count'] as const;

/** Wraps a fetch so that every exchange is told. */
export function traceFetch(fetch: HttpFetch, { tell, now }: TraceOptions): HttpFetch {
  return async (url, request) => {
    const started = now();
    tell(`HTTP > ${request.method} ${url}`);
    for (const [name, value] of Object.entries(request.headers)) tell(`HTTP > ${name}: ${showHeader(name, value)}`);
    if (request.body !== undefined) tell(`HTTP > (${Buffer.byteLength(request.body)} bytes of body, not shown)`);
    try {
      const response = await fetch(url, request);
      tell(`HTTP < ${response.status} after ${Math.round(now() - started)} ms`);
      for (const name of SHOWN_ANSWERS) {
        const value = response.headers.get(name);
        if (value !== null) tell(`HTTP < ${name}: ${oneLine(value)}`);
      }
      return response;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      tell(`HTTP < no answer after ${Math.round(now() - started)} ms${code}`);
      throw error;
    }
  };
}

/** The same for the fetch of @authly/client; there the bodies and queries are credentials, so only addresses are told. */
export function tracingPlatform(fetch: typeof globalThis.fetch, { tell, now }: TraceOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const started = now();
    const url = input instanceof Request ? input.url : String(input);
    tell(`HTTP > ${init?.method ?? (input instanceof Request ? input.method : 'GET')} ${withoutQuery(url)}`);
    try {
      const response = await fetch(input, init);
      tell(`HTTP < ${response.status} after ${Math.round(now() - started)} ms`);
      return response;
    } catch (error) {
      tell(`HTTP < no answer after ${Math.round(now() - started)} ms`);
      throw error;
    }
  };
}

/** Tells whether somebody wants to see what goes over the wire. */
export function wantsTrace(env: NodeJS.ProcessEnv): boolean {
  return ['true', '1', 'yes', 'on'].includes((env['AUTHLY_DEBUG_HTTP'] ?? '').toLowerCase());
}

// Queries of OAuth requests may hold codes.
function withoutQuery(url: string): string {
  return url.split('?')[0] ?? '';
}

function showHeader(name: string, value: string): string {
  if (/^authorization$/i.test(name)) return `${value.split(' ')[0] ?? ''} [secret]`;
  return /^(?:cookie|proxy-authorization)$/i.test(name) ? '[secret]' : oneLine(value);
}
