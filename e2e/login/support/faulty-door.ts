/** A door in front of the server in which the network fails on demand: before a refresh has arrived, or after it was answered. */
import {
  createServer,
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * `500` and `hang`: the server never hears of the request. `lost`, `half` and `silent`: it has done its work and answered; the
 * connection breaks before the answer or in the middle of it, or stays open and nothing comes.
 */
export type Fault = '500' | 'hang' | 'lost' | 'half' | 'silent';

export interface FaultyDoor {
  /** What programs take for the server. */
  readonly url: string;
  /** Says where the server is. */
  leadTo(url: string): void;
  /** Fails the next refreshes, one fault each. */
  fail(...faults: readonly Fault[]): void;
  /** Fails every refresh until it is called with `undefined`. */
  failAll(fault: Fault | undefined): void;
  /** How many refreshes were asked for. */
  refreshes(): number;
  /** How many answers to a refresh the server has given, seen by anybody or not. */
  answers(): number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Opens a door on a free port of 127.0.0.1. */
export async function openFaultyDoor(): Promise<FaultyDoor> {
  const faults: Fault[] = [];
  const counts = { refreshes: 0, answers: 0 };
  let lasting: Fault | undefined;
  let target = '';
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (!isRefresh(request, body)) return reply(response, await passedOn(target, request, body));
    counts.refreshes += 1;
    const fault = faults.shift() ?? lasting;
    if (fault === '500') return void response.writeHead(500).end('<html>broken</html>');
    if (fault === 'hang') return undefined;
    const answer = await passedOn(target, request, body);
    counts.answers += 1;
    return failed(response, answer, fault);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    leadTo: (url) => {
      target = url;
    },
    fail: (...next) => void faults.push(...next),
    failAll: (fault) => {
      lasting = fault;
    },
    refreshes: () => counts.refreshes,
    answers: () => counts.answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function failed(response: ServerResponse, answer: Answer, fault: Exclude<Fault, '500' | 'hang'> | undefined): void {
  switch (fault) {
    case undefined:
      return reply(response, answer);
    case 'silent':
      return undefined;
    case 'lost':
      return void response.destroy();
    case 'half':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
      return void response.write(answer.body.subarray(0, answer.body.length / 2), () => response.destroy());
  }
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body);
}

function isRefresh(request: IncomingMessage, body: Buffer): boolean {
  return request.method === 'POST' && new URLSearchParams(body.toString()).get('grant_type') === 'refresh_token';
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function passedOn(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = ask(
      new URL(url ?? '/', target),
      { method, headers: { ...headers, connection: 'close' } },
      (answer) => {
        bodyOf(answer).then((text) => {
          const { connection: _hop, 'transfer-encoding': _coding, ...kept } = answer.headers;
          resolve({ status: answer.statusCode ?? 502, headers: kept, body: text });
        }, reject);
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
