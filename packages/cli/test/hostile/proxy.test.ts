import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCli } from '../support/cli.js';

const cli = createCli({ AUTHLY_TOKEN: 'some-token' });
const asked: string[] = [];
let target: Server;
let proxy: Server;
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  target = createServer((_request, response) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]'),
  );
  proxy = createServer((_request, response) => response.writeHead(405).end());
  // Whatever name is asked for, the way leads to the target: names are the proxy's business.
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const onward = connect(portOf(target), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await Promise.all([listening(target), listening(proxy)]);
});
afterAll(() => {
  for (const server of [target, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

test('a proxy that the environment names is used, except where NO_PROXY says not to', async () => {
  const env = { HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`, AUTHLY_API_URL: 'http://authly.example:1234' };
  const through = await cli.run(['admin', 'client', 'list'], { env });
  expect([through.code, through.stderr]).toEqual([0, '']);
  expect(asked).toEqual(['authly.example:1234']);
  const local = { ...env, AUTHLY_API_URL: `http://127.0.0.1:${portOf(target)}` };
  expect((await cli.run(['admin', 'client', 'list'], { env: local })).code).toBe(0);
  expect(asked).toHaveLength(1);
});

test('a proxy that is not there is a network error', async () => {
  const env = { HTTP_PROXY: 'http://127.0.0.1:9', AUTHLY_API_URL: 'http://authly.example:1234' };
  expect((await cli.run(['admin', 'client', 'list'], { env })).code).toBe(7);
});

test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])(
  '%s may leave the scheme away, as for other programs',
  async (name) => {
    asked.length = 0;
    const env = { [name]: `127.0.0.1:${portOf(proxy)}`, AUTHLY_API_URL: 'http://authly.example:1234' };
    expect(await cli.here(['admin', 'client', 'list'], { env })).toMatchObject({ code: 0, stderr: '' });
    expect(asked).toEqual(['authly.example:1234']);
  },
);

test('a variable that names no proxy is named itself, and does no harm where no proxy is asked', async () => {
  const away = { HTTP_PROXY: 'socks5://127.0.0.1:1080', AUTHLY_API_URL: 'http://authly.example:1234' };
  const refused = await cli.here(['admin', 'client', 'list'], { env: away });
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain('HTTP_PROXY does not name a proxy that can be used');
  const here = `http://127.0.0.1:${portOf(target)}`;
  for (const env of [
    { ...away, AUTHLY_API_URL: here },
    { ...away, AUTHLY_API_URL: here.replace('127.0.0.1', 'localhost'), HTTP_PROXY: '::::' },
  ])
    expect(await cli.here(['admin', 'client', 'list'], { env })).toMatchObject({ code: 0 });
});

test('a proxy that does not answer is told from a server that does not answer', async () => {
  const env = { HTTP_PROXY: '127.0.0.1:9', AUTHLY_API_URL: 'http://authly.example:1234' };
  const { code, stderr } = await cli.here(['admin', 'client', 'list'], { env });
  expect(code).toBe(7);
  expect(stderr).toContain('The proxy that HTTP_PROXY names');
});
