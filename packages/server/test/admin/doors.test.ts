import { ADMIN_SCOPES, operations, routes } from '@authly/admin-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, callerWith, type Wish } from './caller.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const SOME_ID = '5f5b1fc6-2f3c-4dde-9d3b-1a0c3bd5b6b1';
const PARAMS = { client_id: 'c', scope_name: 's', user_id: SOME_ID, session_id: 'x', id: 'x' };
const wish: Wish = { params: PARAMS };
const guarded = operations().filter((operation) => operation.access === 'administrator');

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
      expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
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

  test('refuses a token that has every admin scope but the one', async () => {
    const person = await server.given.user({ isAdmin: true });
    const tokens = new Map<string, string>();
    for (const { name, scope } of guarded) {
      if (scope === undefined) continue;
      const others = ADMIN_SCOPES.filter((one) => one !== scope);
      const token = tokens.get(scope) ?? (await server.given.passwordTokens(person, others)).access_token;
      tokens.set(scope, token);
      const { status, body, headers } = await callerWith(server, token).call(name, wish);
      expect([name, status, body.detail, body.required_scope]).toEqual([
        name,
        403,
        `Missing required admin scope: ${scope}`,
        scope,
      ]);
      expect(headers.get('www-authenticate')).toBe(`Bearer error="insufficient_scope", scope="${scope}"`);
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

describe('whoever must choose a new password', () => {
  test('can do nothing else, where that is enforced', async () => {
    const person = await server.given.user({ isAdmin: true, requiresPasswordChange: true });
    const { access_token: token } = await server.given.passwordTokens(person, ADMIN_SCOPES);
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
    for (const name of ['adminHealth', 'listClients', 'adminAuthenticate'] as const) {
      const { status, body } = await callerWith(off, undefined).call(name);
      expect([name, status, body.error_code]).toEqual([name, 503, 'ADMIN_API_DISABLED']);
    }
    expect((await fetch(`${off.url}/health`)).status).toBe(200);
    await off.stop();
  });

  // @attack Host header injection (CVE-2025-64101, CVE-2025-48936)
  // authentik and Zitadel trusted forwarded headers of anybody; so did the implementation before this one (surface §8, Critical 4).
  test('forwarded headers make nobody local or remote unless a configured proxy sent them', async () => {
    const health = (headers: Record<string, string>, url: string) => fetch(`${url}/admin/health`, { headers });
    expect((await health({ 'x-forwarded-for': '203.0.113.7' }, server.url)).status).toBe(200);
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
