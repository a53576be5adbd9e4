/** What a person sees who sets `MY_APP_DEBUG=auth,http`: what happens, without a single secret. */
import type { AuthEmitter } from '../session/auth-events.js';

/** The topics that are on. */
export interface DebugTopics {
  readonly auth: boolean;
  readonly http: boolean;
}

/** Reads the topics; `1` and `all` mean both. */
export function debugTopics(value: string | undefined): DebugTopics {
  const words = new Set((value ?? '').toLowerCase().split(/[\s,]+/));
  const all = words.has('1') || words.has('all') || words.has('true');
  return { auth: all || words.has('auth'), http: all || words.has('http') };
}

/** Writes events, one a line. A login prompt is left out: its code is for the person alone. */
export function traceEvents(events: AuthEmitter, write: (line: string) => void): void {
  events.onAny((event, payload) => {
    write(`auth ${event}${event === 'login:prompt' ? '' : ` ${JSON.stringify(payload)}`}`);
  });
}

/** Writes each request and its answer: method, address without query, status, milliseconds. */
export function tracedFetch(fetch: typeof globalThis.fetch, write: (line: string) => void): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const what = `http ${init?.method ?? (input instanceof Request ? input.method : 'GET')} ${url.origin}${url.pathname}`;
    const started = performance.now();
    try {
      const answer = await fetch(input, init);
      write(`${what} ${answer.status} ${Math.round(performance.now() - started)} ms`);
      return answer;
    } catch (error) {
      write(`${what} failed after ${Math.round(performance.now() - started)} ms`);
      throw error;
    }
  };
}
