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
    Record<
      string,
      {
        readonly operationId: string;
        readonly tags: string[];
        readonly responses: Record<
          string,
          { readonly content?: Readonly<Record<string, { readonly example?: unknown }>> } | undefined
        >;
        readonly 'x-codeSamples'?: readonly { readonly source: string }[];
      }
    >
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
      // A stranger is refused in many ways; an address that nothing answers is 404 or 405.
      const isUnknown = response.status === 405 || response.status === 404;
      expect(isUnknown, `${method} ${path}: ${response.status}`).toBe(false);
    }
});

test('the page has no origin: what draws it runs in it, and it can ask nobody for anything', async () => {
  const response = await fetch(`${server.url}/docs`, { headers: { accept: 'text/html' } });
  const page = await response.text();
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/; sandbox allow-scripts allow-popups$/);
  expect(page).not.toMatch(
    /<script(?![^>]*\s(?:src="\/|type="application\/json"))|\son[a-z]+="|style="|src="(?!\/)|href="(?!\/|#)/,
  );
  const renderer = /data-renderer="([^"]+)"/.exec(page)?.[1] ?? '';
  for (const encoding of ['gzip', 'identity']) {
    const script = await fetch(`${server.url}${renderer}`, { headers: { 'accept-encoding': encoding } });
    expect(await script.text()).toContain('createApiReference');
    expect(script.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
    expect(script.headers.get('cache-control')).toContain('immutable');
  }
});

const sampleOf = async (id: string): Promise<string> => {
  const { paths } = await document();
  const all = Object.values(paths).flatMap((methods) => Object.values(methods));
  return all.find(({ operationId }) => operationId === id)?.['x-codeSamples']?.[0]?.source ?? '';
};

test('samples can be sent: what an operation cannot do without is in them, with a value that it takes', async () => {
  const { paths } = await document();
  const samples = Object.values(paths).flatMap((methods) =>
    Object.values(methods).flatMap((operation) => operation['x-codeSamples'] ?? []),
  );
  expect(samples.length).toBeGreaterThan(60);
  expect(samples.filter(({ source }) => /=text\b|:"text"/.test(source))).toEqual([]);
  expect(await sampleOf('authorize')).toContain(
    '?response_type=code&client_id=$CLIENT_ID&code_challenge=$CODE_CHALLENGE&redirect_uri=',
  );
  expect(await sampleOf('createScope')).toContain(
    `curl -X POST "${server.url}/admin/scopes" \\\n  -H "Authorization: Bearer $TOKEN"`,
  );
});

test('a sample works when it is pasted into a shell', async () => {
  const { stdout } = await promisify(execFile)('sh', ['-c', `${await sampleOf('adminHealth')} -s`]);
  expect(JSON.parse(stdout)).toEqual({ status: 'healthy', service: 'authly-admin-api' });
});

test('the answers that the document shows have the members that the server sends', async () => {
  const { paths } = await document();
  const shown = (path: string, method: string): string[] => {
    const content = paths[path]?.[method]?.responses[200]?.content?.['application/json'];
    return Object.keys((content?.example ?? {}) as object).toSorted();
  };
  const health = (await (await fetch(`${server.url}/health`)).json()) as object;
  expect(shown('/health', 'get')).toEqual(Object.keys(health).toSorted());
  const [client, user] = [await server.given.client(), await server.given.user()];
  const tokens = await server.given.tokens({ user, client });
  expect(shown('/api/v1/oauth/token', 'post')).toEqual(
    Object.keys(tokens)
      .filter((name) => name !== 'agent')
      .toSorted(),
  );
  for (const [path, body] of [
    ['/api/v1/oauth/introspect', { token: tokens.access_token }],
    ['/api/v1/oauth/device_authorization', { scope: 'openid' }],
  ] as const) {
    const answer = (await (await server.post(path, body, client.basic)).json()) as object;
    expect(shown(path, 'post'), path).toEqual(Object.keys(answer).toSorted());
  }
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const claims = (await (await fetch(`${server.url}/oidc/userinfo`, { headers })).json()) as object;
  expect(shown('/oidc/userinfo', 'get')).toEqual(expect.arrayContaining(Object.keys(claims)));
});
