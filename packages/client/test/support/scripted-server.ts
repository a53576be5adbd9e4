/** A token endpoint that answers by a script: for rules that no real server can be brought to exercise on demand. */
import { connect, type ClientOptions } from '../../src/flows.js';

export interface Exchange {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: URLSearchParams;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: object | string;
  /** The connection breaks, for the reason with this code. */
  readonly network?: true | string;
  /** Waits for this before it answers. */
  readonly after?: Promise<unknown>;
}

export const issuer = 'https://auth.example.com';

export const metadata = {
  issuer,
  token_endpoint: `${issuer}/token`,
  authorization_endpoint: `${issuer}/authorize`,
  device_authorization_endpoint: `${issuer}/device`,
  revocation_endpoint: `${issuer}/revoke`,
  introspection_endpoint: `${issuer}/introspect`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`,
};

/** A fetch that answers in order, the last answer again and again, and remembers what it was asked. */
export function scriptedFetch(answers: readonly (Answer | ((exchange: Exchange) => Answer))[]) {
  const exchanges: Exchange[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const text = init?.body instanceof URLSearchParams ? init.body : new URLSearchParams(String(init?.body ?? ''));
    const exchange = {
      url: String(input),
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers),
      body: text,
    };
    const scripted = answers[Math.min(exchanges.length, answers.length - 1)] ?? {};
    exchanges.push(exchange);
    const answer = typeof scripted === 'function' ? scripted(exchange) : scripted;
    await answer.after;
    const code = typeof answer.network === 'string' ? answer.network : 'ECONNRESET';
    if (answer.network) throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
    const headers = { 'content-type': 'application/json', ...answer.headers };
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    return new Response(answer.status === 204 ? undefined : body, { status: answer.status ?? 200, headers });
  };
  return { fetch, exchanges };
}

/** A connection to a server that answers by a script. */
export function scriptedConnection(answers: Parameters<typeof scriptedFetch>[0], options: Partial<ClientOptions> = {}) {
  const { fetch, exchanges } = scriptedFetch(answers);
  const connection = connect({ issuer, clientId: 'cli', server: metadata, fetch, ...options });
  return { connection, exchanges };
}
