import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createNodeFetch } from '../../src/http/node-fetch.js';
import { traceFetch } from '../../src/http/trace.js';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: (response: ServerResponse, body: string) => void): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer(response, body));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const request = {
  method: 'POST',
  headers: { Authorization: 'Bearer top-secret' },
  redirect: 'manual' as const,
  signal: new AbortController().signal,
};

test('localhost is asked without looking the name up, and by its name', async () => {
  const server = createServer((request, response) => response.end(request.headers.host));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const request = { method: 'GET', headers: {}, redirect: 'manual' as const, signal: AbortSignal.timeout(5_000) };
  expect(await (await createNodeFetch()(`http://localhost:${port}/`, request)).text()).toBe(`localhost:${port}`);
  server.close();
  await expect(createNodeFetch()(`http://localhost:${port}/`, request)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

describe('the command’s own fetch', () => {
  test('sends a body and reads the answer', async () => {
    const url = await serve((response, body) => response.writeHead(201, { ETag: '"1"' }).end(`got ${body}`));
    const response = await createNodeFetch()(url, { ...request, body: 'é' });
    expect([response.ok, response.status, response.headers.get('etag'), response.headers.get('x-none')]).toEqual([
      true,
      201,
      '"1"',
      null,
    ]);
    expect(await response.text()).toBe('got é');
  });

  test('does not follow a redirect', async () => {
    const url = await serve((response) => response.writeHead(302, { Location: '/x' }).end());
    expect((await createNodeFetch()(url, request)).status).toBe(302);
  });

  test('gives up when it is told to, also in the middle of a body', async () => {
    const url = await serve((response) => response.writeHead(200).write('half'));
    const controller = new AbortController();
    const response = await createNodeFetch()(url, { ...request, signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(response.text()).rejects.toThrow();
  });

  test('notices a body that breaks off', async () => {
    const url = await serve((response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('half');
      setTimeout(() => response.destroy(), 20);
    });
    await expect((await createNodeFetch()(url, request)).text()).rejects.toThrow();
  });
});

test('a trace tells what went over the wire, but neither the token nor the body', async () => {
  const url = await serve((response) => response.writeHead(200, { 'X-Request-Id': 'r-1' }).end('{}'));
  const lines: string[] = [];
  let now = 0;
  const fetch = traceFetch(createNodeFetch(), { tell: (line) => void lines.push(line), now: () => (now += 5) });
  await fetch(`${url}/admin/clients?limit=1`, { ...request, body: '{"password":"hunter2"}' });
  expect(lines).toContain(`HTTP > POST ${url}/admin/clients?limit=1`);
  expect(lines).toContain('HTTP > Authorization: Bearer [secret]');
  expect(lines).toContain('HTTP < 200 after 5 ms');
  expect(lines).toContain('HTTP < x-request-id: r-1');
  expect(lines.join('\n')).not.toMatch(/top-secret|hunter2/);
});
