import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpServer, type HttpLimits, type HttpServer } from '../../../src/http/server/http-server.ts';

// `closed` of a caller resolves when the server has ended the connection.
let server: HttpServer | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.server.closeAllConnections();
  await server?.close();
  server = undefined;
});

async function start(listener: RequestListener, limits: Partial<HttpLimits> = {}): Promise<void> {
  server = createHttpServer(listener, { maxConnections: 100, isShared: () => true, ...limits });
  await server.listen({ host: '127.0.0.1', port: 0 });
}

/** A caller that goes on with what it does, whatever the server says, and never ends the connection by itself. */
async function open(
  text = '',
): Promise<{ readonly socket: Socket; received(): string; readonly closed: Promise<string> }> {
  if (server === undefined) throw new Error('start the server first');
  const { port } = server.server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  let received = '';
  socket.setEncoding('latin1').on('data', (part: string) => (received += part));
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) =>
    socket.once('end', () => resolve(received)).once('close', () => resolve(received)),
  );
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return { socket, received: () => received, closed };
}

function openConnections(): Promise<number> {
  return new Promise((resolve) => server?.server.getConnections((_error, count) => resolve(count)));
}

const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\n';

describe('who sends slowly', () => {
  test.each([
    ['headers', HEAD, 'X: y\r\n'],
    ['a body', `${HEAD}Content-Length: 500\r\n\r\n`, 'x'],
  ])('%s is answered 408 and then holds no connection, though it goes on sending', async (_what, first, more) => {
    await start((request) => request.resume(), { requestMs: 100, checkMs: 50 });
    const slow = await open(first);
    const trickle = setInterval(() => slow.socket.write(more), 20);
    await expect.poll(slow.received).toContain('HTTP/1.1 408 Request Timeout');
    await expect.poll(openConnections).toBe(0);
    clearInterval(trickle);
    expect(slow.received()).toContain('Connection: close');
  });

  test('a request that cannot be read leaves no connection either', async () => {
    await start((_request, response) => response.end());
    const broken = await open('NONSENSE\r\n\r\n');
    await expect.poll(broken.received).toContain('HTTP/1.1 400 Bad Request');
    await expect.poll(openConnections).toBe(0);
  });

  test('an answer that has begun is not mixed with another', async () => {
    await start((_request, response) => response.writeHead(200, { 'Content-Length': '10' }).write('12345'), {
      requestMs: 100,
      checkMs: 50,
    });
    const slow = await open(`${HEAD}Content-Length: 500\r\n\r\nx`);
    expect(await slow.closed).toMatch(/12345$/);
  });
});

test('headers that are too large are named', async () => {
  await start((_request, response) => response.end());
  const large = await open(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`);
  expect(await large.closed).toMatch(/^HTTP\/1\.1 431 .*The headers are too large/s);
});

describe('connections', () => {
  test('are limited, and for one address to a quarter', async () => {
    await start((_request, response) => response.end('ok'), { maxConnections: 8, isShared: () => false });
    const first = await open();
    await open();
    await (await open()).closed;
    expect(await openConnections()).toBe(2);
    first.socket.destroy();
    await expect.poll(openConnections).toBe(1);
    const again = await open('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(again.received).toContain('200 OK');
  });

  test('are limited altogether, whatever the address', async () => {
    await start((_request, response) => response.end('ok'), { maxConnections: 2 });
    await open();
    await open();
    await (await open()).closed;
    expect(await openConnections()).toBe(2);
  });
});

test('closing waits for a request that a connection has just sent, and closes the ones that stay quiet', async () => {
  await start((_request, response) => response.setHeader('Connection', 'close').end('answered'));
  const quiet = await open();
  const late = await open();
  const isClosed = server?.close();
  late.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await late.closed).toContain('answered');
  expect(await quiet.closed).toBe('');
  await isClosed;
});
