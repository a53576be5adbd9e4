import { ADMIN_SCOPES, operations, type RouteName, routes } from '@authly/admin-api';
import { formatScope, isApiKey } from '@authly/oauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, callerWith, type Wish } from './caller.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const SOME_ID = '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1';
const names = operations().flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
const wish: Wish = { params: Object.fromEntries(names.map((name) => [name, SOME_ID])) };
const guarded = operations().filter((operation) => operation.access === 'administrator');

async function expectScopeMissing(name: RouteName, scope: string | undefined, token: string): Promise<void> {
  const { status, body, headers } = await callerWith(server, token).call(name, wish);
  expect([name, status, body.detail, body.required_scope]).toEqual([
    name,
    403,
    `Missing required admin scope: ${scope}`,
    scope,
  ]);
  expect(headers.get('www-authenticate')).toBe(`Bearer error="insufficient_scope", scope="${scope}"`);
}

/** A key that the person made with a login of their own. */
async function apiKeyOf(person: GivenUser, scope: string): Promise<string> {
  const { access_token: token } = await server.given.passwordTokens(person, scope.split(' '));
  const response = await fetch(`${server.url}/api/v1/api-keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'deployment', scope }),
  });
  return ((await response.json()) as { api_key: string }).api_key;
}

describe('every operation for administrators', () => {
  test('refuses callers without a token, and tokens that are none', async () => {
    for (const { name } of guarded) {
      const nobody = await callerWith(server, undefined).call(name, wish);
      expect([name, nobody.status, nobody.body.detail, nobody.body.error_code]).toEqual([
        name,
        401,
        'Not authenticated',
        'NOT_AUTHENTICATED',
      ]);
      expect(nobody.headers.get('www-authenticate')).toMatch(/^Bearer, DPoP algs=/);
      const forged = await callerWith(server, 'a.b.c').call(name, wish);
      expect([name, forged.status, forged.body.detail]).toEqual([name, 401, 'Could not validate credentials']);
    }
  });

  test('refuses people who are no administrators, whatever their token says', async () => {
    const person = await server.given.user({ isAdmin: true });
    const { access_token: token } = await server.given.passwordTokens(person, ADMIN_SCOPES);
    await administrator(server);
    await server.context.store.users.change(person.user.id, { isAdmin: false }, { now: server.clock.now() });
    for (const { name } of guarded) {
      const { status, body } = await callerWith(server, token).call(name, wish);
      expect([name, status, body.error_code]).toEqual([name, 403, 'ADMIN_REQUIRED']);
      expect(body.detail).toContain('Administrative privileges required');
    }
  });

  // @attack token used beyond its purpose (RFC 9700 §2.3)
  test('refuses a token that has every admin scope but the one, whichever application it was issued to', async () => {
    const person = await server.given.user({ isAdmin: true });
    const client = await server.given.client({ scopes: ['openid', 'profile', ...ADMIN_SCOPES] });
    const tokens = new Map<string, string>();
    for (const { name, scope } of guarded) {
      const others = formatScope(ADMIN_SCOPES.filter((one) => one !== scope));
      const token =
        tokens.get(others) ?? (await server.given.tokens({ user: person, client, scope: others })).access_token;
      tokens.set(others, token);
      await expectScopeMissing(name, scope, token);
    }
  });

  test('refuses the token of an administrator for another application that may know who they are, and no more', async () => {
    const person = await server.given.user({ isAdmin: true });
    const client = await server.given.client();
    const { access_token: token } = await server.given.tokens({ user: person, client, scope: 'openid profile' });
    for (const { name, scope } of guarded) await expectScopeMissing(name, scope, token);
  });

  test('refuses an API key of an administrator that lacks the scope', async () => {
    const { person } = await administrator(server);
    const key = await apiKeyOf(person, 'openid read');
    for (const { name, scope } of guarded) await expectScopeMissing(name, scope, key);
    const users = callerWith(server, await apiKeyOf(person, 'admin:users:read'));
    expect((await users.call('listAccounts')).status).toBe(200);
    await expectScopeMissing('updateAccount', 'admin:users:write', users.token);
  });

  test('takes a token without the scope only at the older addresses, and there only from our own client', async () => {
    const own = await administrator(server, ['openid']);
    for (const { name, scope, firstPartyNeedsNoScope } of guarded) {
      if (firstPartyNeedsNoScope !== true) await expectScopeMissing(name, scope, own.token);
      else expect([name, (await own.call(name, wish)).status]).not.toEqual([name, 403]);
    }
  });

  test('refuses the token of a client without a person', async () => {
    const client = await server.given.client({ scopes: [...ADMIN_SCOPES] });
    const response = await server.post(
      '/api/v1/oauth/token',
      { grant_type: 'client_credentials', scope: 'admin:users:read' },
      client.basic,
    );
    const { access_token: token } = (await response.json()) as { access_token: string };
    const { status, body } = await callerWith(server, token).call('listUsers');
    expect([status, body.error_code]).toEqual([403, 'ADMIN_REQUIRED']);
  });

  test('a refusal for want of power is in the audit log', async () => {
    const person = await server.given.user();
    const { access_token: token } = await server.given.passwordTokens(person);
    await callerWith(server, token).call('listUsers');
    const admin = await administrator(server);
    const { body } = await admin.call('listAuditEvents', { query: { action: 'admin.refused', actor: person.user.id } });
    expect(body.events[0]).toMatchObject({
      outcome: 'failure',
      details: { operation: 'listUsers', reason: 'ADMIN_REQUIRED' },
    });
  });
});

describe('every operation on a person’s own account', () => {
  const own = operations()
    .filter((operation) => operation.access === 'signed-in')
    // Logging out ends the token.
    .toSorted((one, other) => Number(one.name === 'logout') - Number(other.name === 'logout'));
  const refusal = ['FIRST_PARTY_REQUIRED', 403];

  // @attack token used beyond its purpose (RFC 9700 §2.3)
  test('refuses the token of another application, whatever it may know, and API keys', async () => {
    const person = await server.given.user();
    const pairwise = await server.given.client({ subjectType: 'pairwise' });
    const byPassword = await server.given.client({ grantTypes: ['password'] });
    const { access_token: token, agent } = await server.given.tokens({ user: person, client: pairwise });
    const password = { grant_type: 'password', username: person.user.username, password: person.password };
    const response = await server.post('/api/v1/oauth/token', { ...password, scope: 'openid' }, byPassword.basic);
    const { access_token: foreign } = (await response.json()) as { access_token: string };
    for (const bearer of [token, foreign, await apiKeyOf(person, 'openid profile')])
      for (const { name, apiKeyMay } of own) {
        if (apiKeyMay && isApiKey(bearer)) continue;
        const { status, body, text } = await callerWith(server, bearer).call(name, wish);
        expect([name, body.error_code, status]).toEqual([name, ...refusal]);
        expect(text).not.toContain(person.user.id);
      }
    expect((await agent.get('/oidc/session/check')).body).toContain('active');
  });

  test('takes the token of a login with our own client', async () => {
    const caller = callerWith(server, (await server.given.passwordTokens(await server.given.user(), [])).access_token);
    for (const { name } of own) {
      const { status } = await caller.call(name, { ...wish, ...(name === 'changePassword' && { body: {} }) });
      expect([name, [200, 400, 404].includes(status)]).toEqual([name, true]);
    }
  });
});

describe('whoever must choose a new password', () => {
  test('can do nothing else, where that is enforced', async () => {
    const person = await server.given.user({ isAdmin: true });
    const { access_token: token } = await server.given.passwordTokens(person, ADMIN_SCOPES);
    const now = server.clock.now();
    await server.context.store.users.change(person.user.id, { requiresPasswordChange: true }, { now });
    const caller = callerWith(server, token);
    for (const name of ['listUsers', 'getStatus', 'getMyAccount'] as const) {
      const { status, body } = await caller.call(name);
      expect([name, status, body.error_code]).toEqual([name, 403, 'PASSWORD_CHANGE_REQUIRED']);
    }
    expect((await caller.call('getPasswordStatus')).body).toEqual({
      requires_password_change: true,
      username: person.user.username,
    });
    const changed = await caller.call('changePassword', {
      body: { current_password: person.password, new_password: 'An0ther-one!' },
    });
    expect(changed.status).toBe(200);
  });

  test('is not held up where it is only a flag', async () => {
    const lax = await startServer({ settings: { 'password_change.enforced': false } });
    const person = await lax.given.user({ isAdmin: true, requiresPasswordChange: true });
    const { access_token: token } = await lax.given.passwordTokens(person, ADMIN_SCOPES);
    expect((await callerWith(lax, token).call('listUsers')).status).toBe(200);
    await lax.stop();
  });
});

describe('the guard', () => {
  test('a switched-off admin API says so to everybody, and leaves the rest alone', async () => {
    const off = await startServer({ settings: { 'admin.enabled': false } });
    const admin = await administrator(off);
    for (const name of ['adminHealth', 'adminAuthenticate', ...guarded.map((one) => one.name)] as const) {
      const { status, body } = await admin.call(name, wish);
      expect([name, status, body.error_code]).toEqual([name, 503, 'ADMIN_API_DISABLED']);
    }
    expect((await fetch(`${off.url}/health`)).status).toBe(200);
    expect((await admin.call('getMyAccount')).status).toBe(200);
    await off.stop();
  });

  test('stands before every operation for administrators, wherever it is mounted', async () => {
    const behind = await startServer({ settings: { trusted_proxies: ['127.0.0.1'] } });
    const admin = await administrator(behind);
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    for (const { name } of guarded) {
      const { status, body } = await admin.call(name, { ...wish, headers });
      expect([name, status, body.error_code]).toEqual([name, 403, 'ADMIN_API_LOCALHOST_ONLY']);
    }
    expect((await admin.call('getMyAccount', { headers })).status).toBe(200);
    await behind.stop();
  });

  // @attack Host header injection (CVE-2025-64101, CVE-2025-48936)
  // authentik and Zitadel trusted forwarded headers of anybody; so did the implementation before this one.
  test('forwarded headers make nobody local or remote unless a configured proxy sent them', async () => {
    const health = (headers: Record<string, string>, url: string) => fetch(`${url}/admin/health`, { headers });
    const behind = await startServer({ settings: { trusted_proxies: ['127.0.0.1'] } });
    const remote = await health({ 'x-forwarded-for': '203.0.113.7' }, behind.url);
    expect([remote.status, ((await remote.json()) as { error_code: string }).error_code]).toEqual([
      403,
      'ADMIN_API_LOCALHOST_ONLY',
    ]);
    expect((await health({ 'x-forwarded-for': '127.0.0.1, 203.0.113.7' }, behind.url)).status).toBe(403);
    expect((await health({ 'x-forwarded-for': '127.0.0.1' }, behind.url)).status).toBe(200);
    expect((await fetch(`${behind.url}/health`, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(200);
    const open = await startServer({ settings: { trusted_proxies: ['127.0.0.1'], 'admin.localhost_only': false } });
    expect((await health({ 'x-forwarded-for': '203.0.113.7' }, open.url)).status).toBe(200);
    await Promise.all([behind.stop(), open.stop()]);
  });

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-proto'])(
    'what a proxy on this machine passes on that nobody named is not from this machine: %s',
    async (name) => {
      const headers = { [name]: name === 'forwarded' ? 'for=127.0.0.1' : '127.0.0.1' };
      for (const path of ['/admin/health', '/metrics']) {
        const response = await fetch(`${server.url}${path}`, { headers });
        expect([path, response.status]).toEqual([path, 403]);
        expect(((await response.json()) as { detail: string }).detail).toContain('AUTHLY_TRUSTED_PROXIES');
      }
      const { status, body } = await callerWith(server, undefined).call('adminAuthenticate', { headers });
      expect([status, body.error_code]).toEqual([403, 'ADMIN_API_LOCALHOST_ONLY']);
      expect((await fetch(`${server.url}/health`, { headers })).status).toBe(200);
    },
  );

  test('a named proxy that does not say for whom it asks, or says it in no address, makes nobody local', async () => {
    const behind = await startServer({ settings: { trusted_proxies: ['127.0.0.1'] } });
    for (const [name, value] of [
      ['via', '1.1 proxy'],
      ['x-forwarded-for', 'unknown'],
      ['x-forwarded-for', ''],
    ] as const)
      expect((await fetch(`${behind.url}/admin/health`, { headers: { [name]: value } })).status).toBe(403);
    await behind.stop();
  });

  test('metrics, and the version of the database in the health, are for this machine alone', async () => {
    const behind = await startServer({ settings: { trusted_proxies: ['127.0.0.1'] } });
    const remote = { 'x-forwarded-for': '203.0.113.7' };
    expect((await fetch(`${behind.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${behind.url}/metrics`, { headers: remote })).status).toBe(403);
    const health = async (headers = {}) => (await fetch(`${behind.url}/health`, { headers })).json();
    expect(await health()).toHaveProperty('postgres_version');
    expect(await health(remote)).not.toHaveProperty('postgres_version');
    const open = await startServer({ settings: { trusted_proxies: ['127.0.0.1'], 'metrics.localhost_only': false } });
    expect((await fetch(`${open.url}/metrics`, { headers: remote })).status).toBe(200);
    await Promise.all([behind.stop(), open.stop()]);
  });
});

describe('limits', () => {
  test('say how much is left, hold for one operation of one caller, and end', async () => {
    const strict = await startServer({ settings: { 'admin.rate_limit': 10 } });
    const admin = await administrator(strict);
    const first = await admin.call('listScopes');
    expect(first.headers.get('ratelimit-limit')).toBe('10');
    expect(first.headers.get('ratelimit-remaining')).toBe('9');
    expect(Number(first.headers.get('ratelimit-reset'))).toBeLessThanOrEqual(60);
    const all = await Promise.all(Array.from({ length: 10 }, () => admin.call('listScopes')));
    expect(all.filter(({ status }) => status === 429)).toHaveLength(1);
    const refused = all.find(({ status }) => status === 429);
    expect(refused?.body.error_code).toBe('RATE_LIMITED');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await admin.call('listClients')).status).toBe(200);
    const other = await administrator(strict);
    expect((await other.call('listScopes')).status).toBe(200);
    const secret = await admin.call('createUser', { body: {} });
    expect(secret.headers.get('ratelimit-limit')).toBe('2');
    strict.clock.advance(61);
    expect((await admin.call('listScopes')).status).toBe(200);
    await strict.stop();
  });
});

describe('requests', () => {
  test('bodies that are not what they should be are refused in words', async () => {
    const admin = await administrator(server);
    const send = (body: string, type: string) =>
      fetch(`${server.url}/admin/scopes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin.token}`, 'content-type': type },
        body,
      });
    const cases: [string, string, number][] = [
      ['{', 'application/json', 400],
      ['[]', 'application/json', 400],
      ['null', 'application/json', 400],
      ['"text"', 'application/json', 400],
      ['', 'application/json', 400],
      ['scope_name=x', 'application/x-www-form-urlencoded', 415],
      [`{"scope_name":"${'x'.repeat(70_000)}"}`, 'application/json', 413],
    ];
    for (const [body, type, status] of cases) {
      const response = await send(body, type);
      const problem = (await response.json()) as Record<string, unknown>;
      expect([body.slice(0, 20), response.status]).toEqual([body.slice(0, 20), status]);
      expect(typeof problem.detail).toBe('string');
      expect(problem).toMatchObject({
        status,
        title: expect.any(String),
        type: 'about:blank',
        request_id: expect.any(String),
      });
    }
  });

  test('a request id of the caller comes back and stands in the audit log', async () => {
    const admin = await administrator(server);
    const reply = await admin.call('createScope', {
      body: { scope_name: 'traced' },
      headers: { 'x-request-id': 'trace-1' },
    });
    expect(reply.headers.get('x-request-id')).toBe('trace-1');
    const { body } = await admin.call('listAuditEvents', { query: { request_id: 'trace-1' } });
    expect(body.events.map((event) => event.action)).toEqual(['scope.created']);
  });

  // @attack parameter pollution (CVE-2026-9689)
  test('a parameter that comes twice is refused', async () => {
    const admin = await administrator(server);
    const response = await fetch(`${server.url}/admin/clients?limit=1&limit=2`, {
      headers: { authorization: `Bearer ${admin.token}` },
    });
    expect(response.status).toBe(400);
  });

  test('every path answers with a slash at its end too, and other methods with 405', async () => {
    const admin = await administrator(server);
    const slash = await fetch(`${server.url}/admin/clients/`, { headers: { authorization: `Bearer ${admin.token}` } });
    expect(slash.status).toBe(200);
    const patch = await fetch(`${server.url}${routes.listClients.path}`, { method: 'PATCH' });
    expect([patch.status, patch.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});
