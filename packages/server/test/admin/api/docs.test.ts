import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { operations } from '@authly/admin-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<
    string,
    Record<string, { readonly operationId: string; readonly tags: string[]; readonly responses: object }>
  >;
}

const document = async (): Promise<Document> => (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;

test('the OpenAPI document names every operation of the contract and every endpoint of OAuth', async () => {
  const { openapi, servers, paths, tags } = await document();
  expect(openapi).toBe('3.1.1');
  expect(servers).toEqual([{ url: server.url }]);
  const all = Object.values(paths).flatMap((methods) => Object.values(methods));
  const ids = all.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(operations().map(({ name }) => name)));
  for (const path of [
    '/api/v1/oauth/token',
    '/api/v1/oauth/authorize',
    '/oidc/userinfo',
    '/.well-known/jwks.json',
    '/health',
  ])
    expect(paths, path).toHaveProperty([path]);
  const known = new Set(tags.map(({ name }) => name));
  for (const { tags: own, responses } of all) {
    expect(own.every((tag) => known.has(tag))).toBe(true);
    expect(Object.keys(responses).length).toBeGreaterThan(0);
  }
});

test('every path of the document is served', async () => {
  const { paths } = await document();
  for (const [path, methods] of Object.entries(paths))
    for (const method of Object.keys(methods)) {
      const url = `${server.url}${path.replaceAll(/\{\w+\}/g, '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1')}`;
      const response = await fetch(url, { method: method.toUpperCase(), redirect: 'manual' });
      // A stranger is refused in many ways; an address that does not exist answers 404 without a code, or 405.
      const text = await response.text();
      const isUnknown = response.status === 405 || (response.status === 404 && !text.includes('error_code'));
      expect(isUnknown, `${method} ${path}: ${response.status}`).toBe(false);
    }
});

test('the page shows every operation with a command to copy, loads nothing from elsewhere and runs nothing inline', async () => {
  const response = await fetch(`${server.url}/docs`, { headers: { accept: 'text/html' } });
  const page = await response.text();
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script(?![^>]*\ssrc="\/)|\son[a-z]+="|style="|src="(?!\/)|href="(?!\/|#)/);
  for (const { name, path } of operations()) {
    expect(page, name).toContain(`id="${name}"`);
    expect(page, name).toContain(`id="curl-${name}"`);
    expect(page).toContain(path);
  }
  expect(page).toContain(`curl -X POST &quot;${server.url}/admin/clients&quot;`);
  const style = /<link rel="stylesheet" href="(\/assets\/docs[^"]+)"/.exec(page)?.[1] ?? '';
  const css = await fetch(`${server.url}${style}`);
  expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  expect(css.headers.get('cache-control')).toContain('immutable');
});

test('a command of the page works when it is pasted into a shell', async () => {
  const page = await (await fetch(`${server.url}/docs`)).text();
  const line = /<output id="curl-adminHealth">([^<]+)</.exec(page)?.[1]?.replaceAll('&quot;', '"') ?? '';
  const { stdout } = await promisify(execFile)('sh', ['-c', `${line} -s`]);
  expect(JSON.parse(stdout)).toEqual({ status: 'healthy', service: 'authly-admin-api' });
});
