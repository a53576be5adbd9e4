import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/** The listening part: time limits, limits of connections, requests that cannot be read, and an end that cuts nothing. */
export interface HttpServer {
  readonly server: Server;
  listen(address: { readonly host: string; readonly port: number }): Promise<void>;
  /** Whether answers are to be the last on their connections. */
  isStopping(): boolean;
  /** From now on each answer is the last on its connection; requests and new connections are still taken. */
  announceStop(): void;
  /** Takes no new connections; resolves when all that was asked is answered and every connection is closed. */
  close(): Promise<void>;
}

export interface HttpLimits {
  /** The most connections; one address gets a quarter of them, unless many people share it. */
  readonly maxConnections: number;
  readonly isShared: (address: string) => boolean;
  /** A request must have arrived after so long. */
  readonly requestMs?: number;
  /** How often slow requests are looked for. */
  readonly checkMs?: number;
}

/** A connection on which nothing moves for so long while a request is read or answered. */
const SILENCE_LIMIT_MS = 60_000;
/** Longer than load balancers keep theirs, so that it is they who close. */
const KEEP_ALIVE_MS = 72_000;
/** While closing: a connection that was quiet for so long has no request on its way. */
const QUIET_MS = 1_000;
const QUIET_CHECK_MS = 50;

interface Connection {
  /** Answers that are not out yet. */
  readonly answers: Set<ServerResponse>;
  quietSince: number;
}

export function createHttpServer(listener: RequestListener, limits: HttpLimits): HttpServer {
  const { requestMs = 30_000, checkMs = 5_000 } = limits;
  const connections = new Map<Socket, Connection>();
  let isStopping = false;
  const server = createServer({ connectionsCheckingInterval: checkMs }, (request, response) => {
    const connection = connections.get(request.socket);
    connection?.answers.add(response);
    response.once('close', () => {
      if (connection === undefined) return;
      connection.answers.delete(response);
      connection.quietSince = performance.now();
    });
    listener(request, response);
  });
  server.requestTimeout = requestMs;
  server.headersTimeout = requestMs;
  server.timeout = SILENCE_LIMIT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = limits.maxConnections;
  const isOneTooMany = countByAddress(limits);

  server.on('connection', (socket: Socket) => {
    if (isOneTooMany(socket)) {
      socket.destroy();
      return;
    }
    connections.set(socket, { answers: new Set(), quietSince: performance.now() });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', (error: Error & { readonly code?: string }, socket) => {
    const answers = connections.get(socket as Socket)?.answers ?? new Set();
    const isAnswering = [...answers].some((answer) => answer.headersSent);
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy();
    // Whoever sends slowly would also go on for as long as the connection is half open.
    else socket.end(answerUnreadable(error.code), () => socket.destroy());
  });

  function closeQuiet(): void {
    const before = performance.now() - QUIET_MS;
    for (const [socket, { answers, quietSince }] of connections)
      if (answers.size === 0 && quietSince <= before) socket.destroy();
  }

  return {
    server,
    listen: (address) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(address, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    isStopping: () => isStopping,
    announceStop() {
      isStopping = true;
    },
    async close() {
      isStopping = true;
      const timer = setInterval(closeQuiet, QUIET_CHECK_MS);
      // The method of http closes quiet connections at once, those too on which a request is on its way.
      await new Promise<void>((resolve) => {
        NetServer.prototype.close.call(server, () => resolve());
        closeQuiet();
      });
      clearInterval(timer);
      // Stops the timer that looks for slow requests.
      server.close();
    },
  };
}

/** Tells of a new connection whether its address has too many already. */
function countByAddress(limits: HttpLimits): (socket: Socket) => boolean {
  const most = Math.ceil(limits.maxConnections / 4);
  const counts = new Map<string, number>();
  return (socket) => {
    const address = socket.remoteAddress ?? '';
    if (limits.isShared(address)) return false;
    const count = (counts.get(address) ?? 0) + 1;
    if (count > most) return true;
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
    return false;
  };
}

const UNREADABLE: Readonly<Record<string, readonly [status: string, description: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The headers are too large: address and headers together may have 16 KiB.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
};

function answerUnreadable(code: string | undefined): string {
  const [status, description] = UNREADABLE[code ?? ''] ?? ['400 Bad Request', 'The request cannot be read.'];
  const body = JSON.stringify({ error: 'invalid_request', error_description: description });
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json',
    'X-Content-Type-Options: nosniff',
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
