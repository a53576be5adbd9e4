import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

/** A collector that keeps what it is sent. */
async function startCollector() {
  const received: { readonly path: string; readonly key: string | undefined; readonly text: string }[] = [];
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      received.push({ path: request.url ?? '', key: request.headers['x-key']?.toString(), text });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    spans: () =>
      received.flatMap(({ text }) =>
        (JSON.parse(text) as Export).resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

describe('a server with an address for traces', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let server: TestServer;
  beforeEach(async () => {
    collector = await startCollector();
  });
  afterEach(() => collector.stop());

  const start = async (percent = 100) => {
    server = await startServer({
      settings: {
        'tracing.otlp_endpoint': collector.url,
        'tracing.otlp_headers': 'x-key=a%20secret',
        'tracing.percent': percent,
      },
    });
    return server;
  };
  const parent = '0af7651916cd43dd8448eb211c80319c';

  test('sends a span of each request, in the trace of the caller, with its statements and signatures inside', async () => {
    await start();
    const { user, password } = await server.given.user();
    const form = { grant_type: 'password', username: user.username, password, scope: 'openid' };
    await server.post('/api/v1/oauth/token?asked=query-word', form, {
      traceparent: `00-${parent}-b7ad6b7169203331-01`,
    });
    await server.stop();
    const request = collector.spans().find(({ name }) => name === 'POST /api/v1/oauth/token');
    expect(request).toMatchObject({ traceId: parent, parentSpanId: 'b7ad6b7169203331' });
    expect(request?.attributes).toEqual(
      expect.arrayContaining([{ key: 'http.response.status_code', value: { intValue: 200 } }]),
    );
    const inside = collector.spans().filter(({ parentSpanId }) => parentSpanId === request?.spanId);
    expect(inside.map(({ name }) => name)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^postgresql /), 'sign at+jwt']),
    );
    expect(collector.received[0]).toMatchObject({ path: '/v1/traces', key: 'a secret' });
  });

  test('says nothing of who asked and what was sent', async () => {
    await start();
    const { user, password } = await server.given.user();
    const form = { grant_type: 'password', username: user.username, password };
    const answer = await server.post('/api/v1/oauth/token?asked=query-word', form);
    const { access_token: token } = (await answer.json()) as { access_token: string };
    await fetch(`${server.url}/nowhere/made-up-word`);
    await server.stop();
    const said = collector.received.map(({ text }) => text).join('');
    for (const word of [user.username, password, token, 'query-word', 'made-up-word', 'select '])
      expect(said).not.toContain(word);
    expect(collector.spans().map(({ name }) => name)).toContain('GET not found');
  });

  test('traces as many requests as it is told to, whatever callers say', async () => {
    await start(0);
    await fetch(`${server.url}/health`, { headers: { traceparent: `00-${parent}-b7ad6b7169203331-01` } });
    await server.stop();
    expect(collector.received).toEqual([]);
  });

  test('answers and stops when the collector is away', async () => {
    await start();
    await collector.stop();
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    await server.stop();
    collector = await startCollector();
  });
});
