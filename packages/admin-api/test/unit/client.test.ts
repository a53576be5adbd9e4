import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { AdminApiError, createAdminClient, openAdminStream, operations, routes } from '../../src/index.js';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that is not Authly: it answers what the test wants and notes what it was asked. */
async function stranger(answer: (response: ServerResponse) => void) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(response);
    });
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, seen };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));

const failure = async (promise: Promise<unknown>): Promise<AdminApiError> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof AdminApiError)) throw new Error('no AdminApiError was thrown', { cause: error });
  return error;
};

describe('a call', () => {
  test('carries token, body, If-Match and Idempotency-Key, and brings back data, version and total', async () => {
    const { baseUrl, seen } = await stranger(
      json(200, [{ scope_name: 'read' }], { ETag: '"7"', 'X-Total-Count': '31' }),
    );
    const api = createAdminClient({ baseUrl: `${baseUrl}/`, token: async () => 'token-1' });
    const answer = await api.listScopes({ query: { limit: 5, include_inactive: true, offset: undefined } });
    expect(answer).toMatchObject({ data: [{ scope_name: 'read' }], etag: '"7"', total: 31 });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/admin/scopes?limit=5&include_inactive=true' });
    expect(seen[0]?.headers.authorization).toBe('Bearer token-1');

    const other = await stranger(json(200, { scope_name: 'a:b' }));
    await createAdminClient({ baseUrl: other.baseUrl, token: 'token-1' }).updateScope({
      params: { scope_name: 'a:b' },
      body: { description: 'x' },
      ifMatch: '"7"',
      idempotencyKey: 'k',
    });
    seen.push(...other.seen);
    expect(seen[1]).toMatchObject({ method: 'PUT', url: '/admin/scopes/a%3Ab', body: '{"description":"x"}' });
    expect(seen[1]?.headers).toMatchObject({ 'if-match': '"7"', 'idempotency-key': 'k' });
  });

  test('sends no token where none is needed', async () => {
    const { baseUrl, seen } = await stranger(json(200, { status: 'healthy', service: 'authly-admin-api' }));
    await createAdminClient({ baseUrl, token: 'secret' }).adminHealth();
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  test('exists for every operation of the table', () => {
    const api: Record<string, unknown> = createAdminClient({ baseUrl: 'http://127.0.0.1:1' });
    for (const { name } of operations()) expect(typeof api[name], name).toBe('function');
  });
});

describe('a refusal', () => {
  test('keeps the words, the code, the request id and the time to wait', async () => {
    const body = { detail: 'Slow down.', status: 429, request_id: 'r-1', error_code: 'RATE_LIMITED' };
    const { baseUrl } = await stranger(json(429, body, { 'Retry-After': '7' }));
    const error = await failure(createAdminClient({ baseUrl }).getStatus());
    expect(error).toMatchObject({
      kind: 'refused',
      message: 'Slow down.',
      status: 429,
      code: 'RATE_LIMITED',
      requestId: 'r-1',
      retryAfter: 7,
    });
  });

  test('of an older server, with a list of validation errors, is put into words', async () => {
    const { baseUrl } = await stranger(json(422, { detail: [{ loc: ['body', 'x'], msg: 'field required' }] }));
    expect((await failure(createAdminClient({ baseUrl }).getStatus())).message).toBe('field required');
  });
});

describe('an answer that is not from the admin API', () => {
  test('HTML with status 200 is not taken for data', async () => {
    const { baseUrl } = await stranger((response) =>
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>'),
    );
    const error = await failure(createAdminClient({ baseUrl }).getStatus());
    expect(error).toMatchObject({ kind: 'unexpected', status: 200 });
    expect(error.message).toContain('text/html');
  });

  test('a redirect is not followed: it would take the token along', async () => {
    const { baseUrl, seen } = await stranger((response) => response.writeHead(302, { Location: '/elsewhere' }).end());
    expect(await failure(createAdminClient({ baseUrl, token: 't' }).getStatus())).toMatchObject({
      kind: 'unexpected',
      status: 302,
    });
    expect(seen).toHaveLength(1);
  });

  test('a gateway that fails is a failure, whatever its page says', async () => {
    const { baseUrl } = await stranger((response) =>
      response.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad Gateway'),
    );
    expect(await failure(createAdminClient({ baseUrl }).getStatus())).toMatchObject({ kind: 'failed', status: 502 });
  });

  test('JSON that says something else is not data, neither for one thing, nor for a list, nor for a stream', async () => {
    const { baseUrl } = await stranger(json(200, { hello: 'world' }));
    const api = createAdminClient({ baseUrl });
    for (const call of [
      api.listClients(),
      api.getClient({ params: { client_id: 'c' } }),
      api.verifyAudit(),
      api.listUsers(),
      openAdminStream(routes.exportAudit, {}, { baseUrl }),
    ])
      expect(await failure(call)).toMatchObject({ kind: 'unexpected', status: 200 });
    const list = await stranger(json(200, [{ client_id: 'c' }, 'x']));
    expect((await failure(createAdminClient(list).listClients())).kind).toBe('unexpected');
  });

  test('JSON that breaks off is not data', async () => {
    const { baseUrl } = await stranger((response) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a":'),
    );
    expect((await failure(createAdminClient({ baseUrl }).getStatus())).kind).toBe('unexpected');
  });
});

describe('a server that does not answer', () => {
  test('is unreachable when nobody listens', async () => {
    const { baseUrl } = await stranger(() => undefined);
    open.splice(0).forEach((server) => server.close());
    expect(await failure(createAdminClient({ baseUrl }).getStatus())).toMatchObject({
      kind: 'unreachable',
      message: `${baseUrl} cannot be reached`,
    });
  });

  test('is late when it takes longer than the call may', async () => {
    const { baseUrl } = await stranger(() => undefined);
    expect((await failure(createAdminClient({ baseUrl, timeoutMs: 50 }).getStatus())).kind).toBe('timeout');
  });

  test('is left alone when the caller gives up', async () => {
    const { baseUrl } = await stranger(() => undefined);
    const signal = AbortSignal.abort();
    expect((await failure(createAdminClient({ baseUrl }).getStatus({ signal }))).kind).toBe('aborted');
  });

  test('leaves no token in the error', async () => {
    const { baseUrl } = await stranger(() => undefined);
    open.splice(0).forEach((server) => server.close());
    const error = await failure(createAdminClient({ baseUrl, token: 'very-secret' }).getStatus());
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('very-secret');
  });
});
