import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookieName } from '../../src/http/cookies.js';
import { routes } from '../../src/http/routes.js';
import { CALLBACK, type GivenClient } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: GivenClient;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
});
afterAll(() => server.stop());

const NAMES = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'response_mode',
  'display',
  'prompt',
  'max_age',
  'ui_locales',
  'id_token_hint',
  'login_hint',
  'acr_values',
  'claims',
  'request',
  'request_uri',
  'resource',
  'grant_type',
  'code',
  'code_verifier',
  'refresh_token',
  'username',
  'password',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'device_code',
  'otp',
  'auth_session',
  'token',
  'token_type_hint',
  'post_logout_redirect_uri',
  'flow',
  'chosen',
  'csrf',
  'decision',
  'user_code',
  'to',
  'access_token',
  'limit',
  'offset',
  'skip',
  '__proto__',
  'constructor',
];

const VALUES = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  '{"userinfo":{"a":{"value":[[[[[]]]]]}}}',
  '\u0000',
  '\r\nSet-Cookie: x=1',
  '\u202e',
  '\ud83d\ude00',
  "' or 1=1 --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '//evil.example',
  '/\\evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  'a'.repeat(5000),
  '%',
  '%00',
  '%ff',
  '%zz',
  'code',
  'none',
  'S256',
  'openid',
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'password',
  'urn:ietf:params:oauth:grant-type:device_code',
  'form_post',
  'fragment',
  'query',
  CALLBACK,
  'eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4IiwiZXhwIjo5OTk5OTk5OTk5fQ.',
  'eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4IiwiZXhwIjoxZTMwfQ.',
  'authly_rt_x',
  'authly_pat_x',
  'a.b.c',
  '..',
  'BCDF-GHJK',
];

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
);
const pairs = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...NAMES) },
      { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
    ),
    value,
  ),
  { maxLength: 14 },
);
const known = fc.boolean();
const headers = fc.record(
  {
    authorization: fc.constantFrom(
      'Basic',
      'Basic Og==',
      'Basic ////',
      'Bearer',
      'Bearer x',
      'bearer a.b.c',
      'DPoP x',
      ',',
      'Basic ' + 'QQ=='.repeat(500),
    ),
    cookie: fc.constantFrom(
      'authly_session=x',
      'authly_browser=%00',
      '=',
      ';;;',
      'authly_session=' + 'a'.repeat(43),
      'a=b; '.repeat(100),
    ),
    origin: fc.constantFrom('null', 'https://evil.example', 'x'),
    'content-type': fc.constantFrom(
      'application/x-www-form-urlencoded',
      'application/json',
      'multipart/form-data; boundary=x',
      'text/plain',
      'application/x-www-form-urlencoded; charset=utf-16',
    ),
    accept: fc.constantFrom('*/*', 'text/html', 'application/json'),
    'if-match': fc.constantFrom('*', '"1"', 'x'),
    'idempotency-key': fc.constantFrom('k', 'k'.repeat(300)),
  },
  { requiredKeys: [] },
);
const rawEncoded = (text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80';
  }
};

/** The names that our cookies have on this server. */
function withOwnCookies({ cookie, ...headers }: Record<string, string>): Record<string, string> {
  if (cookie === undefined) return headers;
  const named = cookie.replaceAll(/authly_(session|browser)/g, (_, kind: 'session' | 'browser') =>
    cookieName(kind, { issuer: server.url }),
  );
  return { ...headers, cookie: named };
}

async function send(
  route: { method: string; path: string },
  input: readonly (readonly [string, string])[],
  options: { asKnownClient: boolean; headers: Record<string, string>; json: boolean },
): Promise<Response> {
  const all = options.asKnownClient
    ? [...input, ['client_id', client.clientId] as const, ['redirect_uri', CALLBACK] as const]
    : input;
  const encoded = all
    .map(([name, text]) => `${rawEncoded(name)}=${/^%(?:00|ff|zz)?$/.test(text) ? text : rawEncoded(text)}`)
    .join('&');
  const url = `${server.url}${route.path.replaceAll(/:\w+/g, rawEncoded(all[0]?.[1] ?? 'x').slice(0, 300) || 'x')}`;
  if (route.method === 'GET' || route.method === 'DELETE') {
    const { 'content-type': _unused, ...rest } = options.headers;
    return fetch(`${url}?${encoded.slice(0, 12_000)}`, { method: route.method, headers: rest, redirect: 'manual' });
  }
  const contentType = options.headers['content-type'] ?? 'application/x-www-form-urlencoded';
  const body = options.json || contentType === 'application/json' ? JSON.stringify(Object.fromEntries(all)) : encoded;
  return fetch(url, {
    method: route.method,
    headers: { ...options.headers, 'content-type': contentType },
    body,
    redirect: 'manual',
  });
}

describe('every endpoint', () => {
  // @check 67, 268
  it.each(routes('/api/v1').map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s survives hostile parameters: no 5xx, no redirect to a stranger, a clear error',
    async (_name, route) => {
      await fc.assert(
        fc.asyncProperty(pairs, known, headers, fc.boolean(), async (input, asKnownClient, someHeaders, json) => {
          const response = await send(route, input, {
            asKnownClient,
            headers: withOwnCookies(someHeaders as Record<string, string>),
            json,
          });
          const body = await response.text();
          expect(response.status, body.slice(0, 300)).toBeLessThan(500);
          const location = response.headers.get('location');
          if (location !== null)
            expect(new URL(location, server.url).origin).toSatisfy(
              (origin: string) =>
                origin === server.url ||
                (asKnownClient && origin === new URL(CALLBACK).origin) ||
                location.startsWith(CALLBACK),
            );
          expect(response.headers.getSetCookie().join()).not.toContain('x=1');
          expect(response.headers.get('x-content-type-options')).toBe('nosniff');
          if (response.status >= 400 && response.headers.get('content-type')?.includes('json')) {
            const answer = JSON.parse(body) as { error?: string; error_description?: string; detail?: unknown };
            expect(answer.error_description ?? answer.detail).toBeTruthy();
          }
          expect(body).not.toMatch(/\bat [\w.<>]+ \(.*:\d+:\d+\)/);
        }),
        { numRuns: 25 },
      );
    },
  );
});

describe('HEAD', () => {
  const quick = routes('/api/v1').filter((route) => route.method === 'GET' && !route.path.includes(':'));

  it.each(quick.filter((route) => !route.hasEffect).map((route) => [route.path]))(
    'gets the head of GET for %s',
    async (path) => {
      const [get, head] = await Promise.all([
        fetch(`${server.url}${path}`, { redirect: 'manual' }),
        fetch(`${server.url}${path}`, { method: 'HEAD', redirect: 'manual' }),
      ]);
      expect(head.status).toBe(get.status);
      expect(await head.text()).toBe('');
      for (const name of ['content-type', 'cache-control', 'content-security-policy'])
        expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
    },
  );

  it.each(quick.filter((route) => route.hasEffect).map((route) => [route.path]))(
    'is refused where GET has an effect: %s',
    async (path) => {
      const head = await fetch(`${server.url}${path}`, { method: 'HEAD' });
      expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET, POST']);
    },
  );

  it('says how long the body would be', async () => {
    const get = await fetch(`${server.url}/.well-known/openid-configuration`);
    const head = await fetch(`${server.url}/.well-known/openid-configuration`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String((await get.text()).length));
  });
});

describe('what never arrives as it should', () => {
  function raw(text: string | Buffer, end = true): Promise<string> {
    return new Promise((resolve, reject) => {
      const { port, hostname } = new URL(server.url);
      const socket = connect(Number(port), hostname, () => (end ? socket.end(text) : socket.write(text)));
      let answer = '';
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
      socket.setTimeout(5000, () => socket.destroy());
    });
  }

  // @attack JOSE and JSON bombs (node-oidc-provider 9.11.4)
  // @check 268
  it('a body of a mebibyte is refused with 413', async () => {
    const response = await fetch(`${server.url}/api/v1/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `x=${'y'.repeat(1_048_576)}`,
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  // @attack JOSE and JSON bombs (node-oidc-provider 9.11.4)
  // @check 268
  it('a body without a length is read up to the limit, and what follows it is no request', async () => {
    const head = 'POST /api/v1/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';
    const chunk = `${(40_000).toString(16)}\r\n${'y'.repeat(40_000)}\r\n`;
    const next = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n${next}`, false);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    const small = 'a\r\ngrant_type\r\n2\r\n=x\r\n0\r\n\r\n';
    expect(await raw(`${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${small}`, false)).toContain(
      '"error":"unsupported_grant_type"',
    );
  });

  // @check 268
  it("a body that ends too early is nobody's fault", async () => {
    const before = server.logged();
    const head = 'POST /api/v1/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';
    await raw(`${head}Content-Length: 500\r\n\r\ngrant_type=`);
    await raw(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\ngrant`);
    expect(server.logged().slice(before.length)).not.toContain('a request failed');
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });

  // @attack JOSE and JSON bombs (node-oidc-provider 9.11.4)
  // @check 268
  it('broken UTF-8, deep JSON and broken HTTP are refused', async () => {
    const bytes = await fetch(`${server.url}/api/v1/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from([0x61, 0x3d, 0xff, 0xfe]),
    });
    expect(bytes.status).toBe(400);
    const deep = await fetch(`${server.url}/api/v1/oauth/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    });
    expect(deep.status).toBe(400);
    expect(await raw('NONSENSE\r\n\r\n')).toContain('400 Bad Request');
    expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 .*The headers are too large/s,
    );
    expect(await raw('GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('400 Bad Request');
  });

  // @attack secret in a log (Keycloak 26.6, authentik 2026.8)
  // @check 267
  it('no secret of all these requests is in the log', async () => {
    const secret = 'a-password-that-must-not-be-logged';
    await server.post('/api/v1/oauth/token', { grant_type: 'password', username: 'someone', password: secret });
    await server.post('/api/v1/oauth/token', { grant_type: 'refresh_token', refresh_token: `authly_rt_${secret}` });
    await fetch(`${server.url}/oidc/userinfo?access_token=${secret}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(server.logged()).not.toContain(secret);
    expect(server.logged()).not.toContain(client.secret);
  });
});
