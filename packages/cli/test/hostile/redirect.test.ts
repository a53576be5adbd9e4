import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCli } from '../support/cli.js';

/** The http address of a server that has moved to https, as most proxies answer it. */

const cli = createCli();
const received: string[] = [];
let server: Server;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push(String(request.headers.authorization));
    response.writeHead(301, { location: `https://login.example.com${request.url}` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env = { AUTHLY_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
afterAll(() => void server.close());

test('a login says where to, and how to go there', async () => {
  const words = ['admin', 'auth', 'login', '--username', 'admin', '--password-stdin'];
  for (const line of [words, ['admin', 'auth', 'login', '--no-wait']]) {
    const { code, stderr } = await cli.here(line, { env, stdin: 'Test123!' });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`${env['AUTHLY_API_URL']} redirects to https://login.example.com`);
    expect(stderr).toContain('Use that address: --api-url https://login.example.com');
  }
});

test('a command says it too, and the token is not sent after the redirect', async () => {
  const { code, stderr } = await cli.here(['admin', 'client', 'list'], { env: { ...env, AUTHLY_TOKEN: 'a-token' } });
  expect(code).toBe(1);
  expect(stderr).toContain('Use that address: --api-url https://login.example.com');
  expect(received.filter((header) => header === 'Bearer a-token')).toHaveLength(1);
});
