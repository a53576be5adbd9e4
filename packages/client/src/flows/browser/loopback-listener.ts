/** The small server that a browser is sent back to. It listens on this computer only, for one answer, and is then gone. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ConfigurationError } from '../../errors/credential-errors.js';
import { loopbackHeaders, renderLoopbackPage, type LoopbackPage } from './loopback-page.js';

/** How long a browser may take to fetch the last page. */
const lastPageMs = 1_500;

/** A listening loopback server. */
export interface LoopbackListener {
  readonly redirectUri: string;
  /** Waits for the first answer with the right state; other requests are refused and change nothing. */
  answer(state: string, signal?: AbortSignal): Promise<URLSearchParams>;
  /** Shows the true result in the browser that waits for it, then closes. */
  finish(page: LoopbackPage): Promise<void>;
  /** Closes at once. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1, or on ::1 where there is no 127.0.0.1. Rejects with ConfigurationError when the port is taken.
 *
 * @spec RFC 8252 §7.3
 * @example
 * ```ts
 * const listener = await listenOnLoopback();
 * const request = await startAuthorization(connection, { redirectUri: listener.redirectUri });
 * const answer = await listener.answer(request.state);
 * ```
 */
export async function listenOnLoopback(options: { readonly port?: number } = {}): Promise<LoopbackListener> {
  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 10_000 });
  const authority = await bind(server, ['127.0.0.1', '::1'], options.port ?? 0);
  const visit = new LoopbackVisit(server, authority);
  server.on('request', (request, response) => visit.serve(request, response));
  return {
    redirectUri: `http://${authority}/callback`,
    answer: (state, signal) => visit.waitFor(state, signal),
    finish: (page) => visit.finish(page),
    close: () => visit.close(),
  };
}

/** The state of one login: which answer is awaited, and which browser waits for the result. */
class LoopbackVisit {
  readonly #server: Server;
  readonly #authority: string;
  #state: string | undefined;
  #deliver: ((answer: URLSearchParams) => void) | undefined;
  #waiting: ServerResponse | undefined;
  #page: LoopbackPage | undefined;
  #lastPageSent: (() => void) | undefined;

  constructor(server: Server, authority: string) {
    this.#server = server;
    this.#authority = authority;
  }

  waitFor(state: string, signal: AbortSignal | undefined): Promise<URLSearchParams> {
    this.#state = state;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      this.#deliver = resolve;
    });
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', `http://${this.#authority}`);
    // Another name that resolves to this computer is another site's page trying its luck.
    const known = request.headers.host === this.#authority;
    if (!known || request.method !== 'GET') return respond(response, 404, notFound);
    if (url.pathname === '/done' && this.#page) return this.#serveLastPage(response, this.#page);
    if (url.pathname !== '/callback') return respond(response, 404, notFound);
    const deliver = this.#deliver;
    // Any page can send the browser here; only the answer to this login ends the wait.
    if (!deliver || !sameText(url.searchParams.get('state') ?? '', this.#state ?? '')) {
      return respond(response, 400, foreign);
    }
    this.#deliver = undefined;
    this.#waiting = response;
    deliver(url.searchParams);
  }

  async finish(page: LoopbackPage): Promise<void> {
    this.#page = page;
    const waiting = this.#waiting;
    if (waiting && !waiting.destroyed) {
      const fetched = new Promise<void>((resolve) => {
        this.#lastPageSent = resolve;
        setTimeout(resolve, lastPageMs).unref();
      });
      // On to an address without the code, so that neither the history nor a screenshot keeps it.
      waiting.writeHead(303, { ...loopbackHeaders, location: '/done' }).end();
      await fetched;
    }
    await this.close();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      // Browsers open sockets in advance and send nothing on them; without this the process would wait for them.
      this.#server.closeAllConnections();
    });
  }

  #serveLastPage(response: ServerResponse, page: LoopbackPage): void {
    response.on('finish', () => this.#lastPageSent?.());
    respond(response, 200, page);
  }
}

const notFound: LoopbackPage = {
  tone: 'danger',
  title: 'Nothing here',
  text: 'This address waits for a login to come back.',
};
const foreign: LoopbackPage = {
  tone: 'danger',
  title: 'This is not the login that was started',
  text: 'The answer does not belong to the login that waits here. Go back to the terminal.',
};

function respond(response: ServerResponse, status: number, page: LoopbackPage): void {
  response.writeHead(status, loopbackHeaders).end(renderLoopbackPage(page));
}

function sameText(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && left.length > 0 && timingSafeEqual(left, right);
}

/** Listens on the first of these addresses that this computer has; answers it with the port, as in an address of the web. */
export async function bind(server: Server, hosts: readonly string[], port: number): Promise<string> {
  const [host = '', ...others] = hosts;
  try {
    return `${host.includes(':') ? `[${host}]` : host}:${await listen(server, host, port)}`;
  } catch (error) {
    if (isCode(error, 'EADDRNOTAVAIL') && others.length > 0) return bind(server, others, port);
    throw portTaken(port, error);
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
      else reject(new Error('the listening server has no port'));
    });
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function portTaken(port: number, cause: unknown): ConfigurationError {
  return new ConfigurationError({
    message: port === 0 ? 'This computer lets no program listen.' : `The callback port ${port} cannot be used.`,
    reason: isCode(cause, 'EADDRINUSE') ? 'Another program listens there.' : 'The operating system refused it.',
    hint: 'Choose another port, or log in with a code: --method device.',
    cause,
  });
}
