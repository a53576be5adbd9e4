import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isLoopback } from './loopback.js';
import { HttpRefusal } from './refusal.js';

export interface HttpAnswer {
  readonly status: number;
  /** A text is sent as it stands, anything else as JSON. */
  readonly body?: unknown;
  readonly type?: string;
}

export interface HttpRoute {
  readonly method: 'GET' | 'POST';
  /** Whom it answers: those who may log in, everybody, or programs of this machine alone. */
  readonly for: 'callers' | 'everybody' | 'this-machine';
  /** The signal is aborted when whoever asked has left. */
  answer(request: IncomingMessage, left: AbortSignal): Promise<HttpAnswer>;
}

/** HTTP on connections that something else accepted: the databases' own protocols come in by the same port. */
export interface HttpDoor {
  /** `mayLogIn` is false for who comes from afar without TLS. */
  serve(stream: Duplex, who: { readonly mayLogIn: boolean }): void;
  /** Answers what is being asked, and takes no more. */
  close(): void;
  isAnswering(): boolean;
}

const SLOWEST_HEADERS_MS = 10_000;
const SLOWEST_REQUEST_MS = 30_000;
const LONGEST_SILENCE_MS = 60_000;

export function createHttpDoor(
  routes: Readonly<Record<string, HttpRoute>>,
  onFault: (error: unknown) => void,
): HttpDoor {
  const fromAfar = new WeakSet<Duplex>();
  let answering = 0;
  let isClosing = false;
  const server = createServer(
    {
      headersTimeout: SLOWEST_HEADERS_MS,
      requestTimeout: SLOWEST_REQUEST_MS,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 5000,
    },
    (request, response) => {
      if (isClosing) response.setHeader('connection', 'close');
      void answer(request, response);
    },
  );
  server.timeout = LONGEST_SILENCE_MS;
  // A server checks how slow its clients are from the moment that it listens, and this one never does.
  server.emit('listening');

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    answering += 1;
    response.once('close', () => {
      answering -= 1;
      left.abort();
    });
    try {
      const route = findRoute(request, fromAfar.has(request.socket));
      const { status, body, type } = await route.answer(request, left.signal);
      send(response, status, body === undefined || typeof body === 'string' ? body : JSON.stringify(body), type);
    } catch (error) {
      if (left.signal.aborted) return;
      if (!(error instanceof HttpRefusal)) onFault(error);
      const { status, message, more } =
        error instanceof HttpRefusal ? error : new HttpRefusal(500, 'The proxy made a mistake, and has logged it');
      for (const [name, value] of Object.entries(more.headers ?? {})) response.setHeader(name, value);
      send(response, status, JSON.stringify({ error: message, ...more.details }));
    }
  }

  function findRoute(request: IncomingMessage, isFromAfar: boolean): HttpRoute {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined) throw new HttpRefusal(404, `Nothing is here. There is ${Object.keys(routes).join(', ')}`);
    if (request.method !== route.method)
      throw new HttpRefusal(405, `${path} takes ${route.method}`, { headers: { allow: route.method } });
    if (route.for === 'callers' && isFromAfar)
      throw new HttpRefusal(403, 'A token that comes from another machine must come by TLS (https)');
    // The name of the host tells apart who asks for this machine from a page whose name was pointed at it.
    const host = /^(\[[^\]]*\]|[^:]*)/.exec(request.headers.host ?? '')?.[0] ?? '';
    if (
      route.for === 'this-machine' &&
      !(isLoopback(request.socket.remoteAddress) && /^(localhost|127\.[\d.]+|\[::1\])$/i.test(host))
    )
      throw new HttpRefusal(403, `${path} is for programs of this machine: ask http://127.0.0.1`);
    return route;
  }

  return {
    serve(stream, { mayLogIn }) {
      if (!mayLogIn) fromAfar.add(stream);
      server.emit('connection', stream);
    },
    close() {
      isClosing = true;
      server.close();
    },
    isAnswering: () => answering > 0,
  };
}

function send(response: ServerResponse, status: number, text: string | undefined, type = 'application/json'): void {
  response.statusCode = status;
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  if (text === undefined) response.end();
  else response.setHeader('content-type', type).end(text);
}
