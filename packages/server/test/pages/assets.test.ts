import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let paths: readonly string[];

beforeAll(async () => {
  server = await startServer();
  const page = await (await fetch(`${server.url}/login`)).text();
  paths = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
});
afterAll(() => server.stop());

/** Node's own fetch would unpack what it gets. */
async function get(path: string, encoding?: string): Promise<{ headers: Headers; body: Buffer }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const headers = encoding === undefined ? {} : { 'accept-encoding': encoding };
    request(`${server.url}${path}`, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ headers: new Headers(response.headers as Record<string, string>), body: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('the files that pages refer to', () => {
  it.each(['gzip', 'br, GZIP;q=0.5', 'deflate, gzip ;q=1.0, *;q=0'])(
    'travel compressed to who takes %s',
    async (wish) => {
      expect(paths.length).toBeGreaterThanOrEqual(3);
      for (const path of paths) {
        const plain = await get(path);
        const small = await get(path, wish);
        expect(small.headers.get('content-encoding')).toBe('gzip');
        expect(small.headers.get('vary')).toBe('Accept-Encoding');
        expect(small.headers.get('cache-control')).toContain('immutable');
        expect(gunzipSync(small.body)).toEqual(plain.body);
        expect(small.body.length).toBeLessThan(plain.body.length);
      }
    },
  );

  it.each([undefined, '', 'identity', 'gzip;q=0', 'xgzip', 'br'])(
    'travel as they are to who asks for %s',
    async (wish) => {
      const { headers, body } = await get(paths[0] ?? '', wish);
      expect(headers.get('content-encoding')).toBeNull();
      expect(Number(headers.get('content-length'))).toBe(body.length);
    },
  );
});

describe('pages', () => {
  it('hold secrets, so their length tells nothing: they are never compressed', async () => {
    expect((await get('/login', 'gzip, br')).headers.get('content-encoding')).toBeNull();
  });
});
