import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmitter } from '../../src/session/auth-events.js';
import { debugTopics, traceEvents, tracedFetch } from '../../src/profiles/debug-output.js';
import { platformFetch } from '../../src/profiles/platform-fetch.js';

const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function listening(handler: Parameters<typeof createServer>[1], connect?: (target: string) => void) {
  const server = createServer(handler);
  server.on('connect', (request, socket) => {
    connect?.(request.url ?? '');
    socket.end('HTTP/1.1 502 No way\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the platform fetch', () => {
  // @rule 3.26
  it('asks the proxy for other computers and never for this one', async () => {
    const tunnels: string[] = [];
    const proxy = await listening(undefined, (target) => tunnels.push(target));
    const here = await listening((_request, response) => response.end('here'));
    const fetch = platformFetch({ env: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } });
    expect(await (await fetch(here)).text()).toBe('here');
    await expect(fetch('https://auth.example.test/token')).rejects.toThrow();
    expect(tunnels).toEqual(['auth.example.test:443']);
  });

  it('leaves out what NO_PROXY names', async () => {
    const tunnels: string[] = [];
    const proxy = await listening(undefined, (target) => tunnels.push(target));
    const fetch = platformFetch({ env: { HTTPS_PROXY: proxy, NO_PROXY: 'auth.example.invalid' } });
    await expect(fetch('https://auth.example.invalid/token')).rejects.toThrow();
    expect(tunnels).toEqual([]);
  });

  it.each<[string, BodyInit, string]>([
    ['text', 'a=1', 'a=1'],
    ['a form', new URLSearchParams({ a: '1' }), 'a=1'],
    ['bytes', new TextEncoder().encode('a=1'), 'a=1'],
    ['a blob', new Blob(['a=1']), 'a=1'],
  ])('carries %s through a proxy and gives an answer of the platform', async (_name, body, expected) => {
    const origin = await listening((request, response) => {
      response.setHeader('x-type', request.headers['content-type'] ?? '');
      request.pipe(response);
    });
    const proxy = await listening(undefined);
    const fetch = platformFetch({ env: { HTTPS_PROXY: proxy } });
    const answer = await fetch(origin, { method: 'POST', body, signal: AbortSignal.timeout(5_000) });
    expect(answer).toBeInstanceOf(Response);
    expect(await answer.text()).toBe(expected);
    if (body instanceof URLSearchParams) expect(answer.headers.get('x-type')).toContain('x-www-form-urlencoded');
  });

  // @rule 3.26
  it('says which certificate file is missing', async () => {
    const fetch = platformFetch({ env: {}, caFile: '/does/not/exist.pem' });
    await expect(fetch('https://auth.example.test')).rejects.toMatchObject({ code: 'config_invalid' });
    const path = `${await mkdtemp(`${tmpdir()}/authly-ca-`)}/ca.pem`;
    await writeFile(path, 'not a certificate');
    await expect(platformFetch({ env: {}, caFile: path })('https://127.0.0.1:9')).rejects.toThrow();
  });

  it('is the platform’s own where nothing is configured', async () => {
    const origin = await listening((_request, response) => response.end('plain'));
    expect(await (await platformFetch({ env: {} })(origin)).text()).toBe('plain');
  });
});

describe('the trace', () => {
  it('has the topics that were named', () => {
    expect(debugTopics(undefined)).toEqual({ auth: false, http: false });
    expect(debugTopics('http')).toEqual({ auth: false, http: true });
    expect(debugTopics('auth,http')).toEqual({ auth: true, http: true });
    expect(debugTopics('1')).toEqual({ auth: true, http: true });
  });

  it('shows requests without their query, headers or bodies', async () => {
    const lines: string[] = [];
    const fetch = tracedFetch(
      async () => new Response(),
      (line) => lines.push(line),
    );
    await fetch('https://user:secret@a.example/path?code=secret', {
      method: 'POST',
      body: 'secret',
      headers: { authorization: 'secret' },
    });
    await tracedFetch(
      () => Promise.reject(new Error('secret')),
      (line) => lines.push(line),
    )('https://a.example/x').catch(() => undefined);
    expect(lines.join('\n')).not.toContain('secret');
    expect(lines[0]).toMatch(/^http POST https:\/\/a\.example\/path 200 \d+ ms$/);
  });

  it('shows events, and no code of a login', () => {
    const lines: string[] = [];
    const events = createEmitter();
    traceEvents(events, (line) => lines.push(line));
    events.emit('clock:skew', { seconds: 400 });
    events.emit('login:prompt', {
      userCode: 'BCDF-GHJK',
      verificationUri: 'https://a.example',
      expiresAt: new Date(0),
      qr: async () => '',
    });
    expect(lines).toEqual(['auth clock:skew {"seconds":400}', 'auth login:prompt']);
  });

  it('is not stopped by a listener that throws', () => {
    const events = createEmitter();
    const heard: number[] = [];
    events.on('clock:skew', () => {
      throw new Error('a bug');
    });
    const stop = events.on('clock:skew', ({ seconds }) => heard.push(seconds));
    events.emit('clock:skew', { seconds: 1 });
    stop();
    events.emit('clock:skew', { seconds: 2 });
    expect(heard).toEqual([1]);
  });
});
