import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller, callerWith } from './caller.js';

let server: TestServer;
let admin: Caller & { readonly person: GivenUser };

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

test('health needs no token', async () => {
  const { body } = await callerWith(server, undefined).call('adminHealth');
  expect(body).toEqual({ status: 'healthy', service: 'authly-admin-api' });
});

describe('status', () => {
  test('says what runs, since when, and how much of everything there is', async () => {
    server.clock.advance(90);
    const { body } = await admin.call('getStatus');
    expect(body).toMatchObject({
      status: 'operational',
      mode: 'testing',
      database: { connected: true, pool: { max: 10 } },
      configuration: {
        valid: true,
        api_prefix: '/api/v1',
        jwt_algorithm: 'ES256',
        access_token_expiry_minutes: 60,
        refresh_token_expiry_days: 7,
      },
      admin_api: { enabled: true, rate_limit: { max_requests: 600, window_seconds: 60 } },
    });
    expect(body.uptime_seconds).toBeGreaterThanOrEqual(90);
    expect(body.statistics.oauth_clients).toBe(body.clients.total);
    expect(body.statistics.oauth_scopes).toBe(body.scopes.total);
    expect(body.tokens.active).toBeGreaterThan(0);
    expect(body.timestamp).toBe(server.clock.now().toISOString());
  });

  test('counts follow what happens', async () => {
    const before = (await admin.call('getStatus')).body;
    await server.given.client();
    await server.given.client({ isActive: false });
    await server.given.scope('counted');
    const after = (await admin.call('getStatus')).body;
    expect(after.clients.total - before.clients.total).toBe(2);
    expect(after.clients.active - before.clients.active).toBe(1);
    expect(after.scopes.active - before.scopes.active).toBe(1);
  });
});

test('the dashboard counts people by kind and by age', async () => {
  const before = (await admin.call('getDashboardStats')).body;
  await server.given.user({ isActive: false });
  await server.given.user({ isVerified: false, requiresPasswordChange: true });
  await server.given.user({ isAdmin: true });
  const { body } = await admin.call('getDashboardStats');
  const grown = (name: keyof typeof body.users) => body.users[name] - before.users[name];
  expect(
    (['total', 'active', 'inactive', 'admins', 'unverified', 'requires_password_change'] as const).map(grown),
  ).toEqual([3, 2, 1, 1, 1, 1]);
  expect(body.activity.new_users_24h - before.activity.new_users_24h).toBe(3);
  server.clock.advance(2 * 86_400);
  const later = await administrator(server);
  const { body: after } = await later.call('getDashboardStats');
  expect(after.activity).toMatchObject({ new_users_24h: 1 });
  expect(after.activity.new_users_7d).toBe(after.users.total);
});

describe('signing in at /admin/auth', () => {
  const nobody = () => callerWith(server, undefined);
  const sign = (body: object) => nobody().call('adminAuthenticate', { body });

  test('answers tokens with every admin scope, also where the password grant is off', async () => {
    const strict = await startServer({ settings: { 'password_grant.enabled': false } });
    const person = await strict.given.user({ isAdmin: true });
    const { body } = await callerWith(strict, undefined).call('adminAuthenticate', {
      body: { username: person.user.username, password: person.password },
    });
    expect(body).toMatchObject({
      token_type: 'Bearer',
      requires_password_change: false,
      refresh_token: expect.any(String),
    });
    expect(body.scope.split(' ')).toContain('admin:users:write');
    expect((await callerWith(strict, body.access_token).call('listUsers')).status).toBe(200);
    const refreshed = await strict.post('/api/v1/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: body.refresh_token as string,
    });
    expect(refreshed.status).toBe(200);
    await strict.stop();
  });

  test('gives no more than what was asked for, and only what exists', async () => {
    const credentials = { username: admin.person.user.username, password: admin.person.password };
    const { body } = await sign({ ...credentials, scope: 'admin:scopes:read' });
    expect(body.scope).toBe('admin:scopes:read');
    expect((await callerWith(server, body.access_token).call('listClients')).status).toBe(403);
    expect((await sign({ ...credentials, scope: 'admin:everything' })).status).toBe(400);
  });

  test('refuses wrong passwords, unknown names and ordinary people', async () => {
    const person = await server.given.user();
    const wrong = await sign({ username: admin.person.user.username, password: 'wrong' });
    const unknown = await sign({ username: 'nobody_here', password: 'wrong' });
    for (const reply of [wrong, unknown])
      expect([reply.status, reply.body.error_code, reply.body.detail]).toEqual([
        401,
        'INVALID_CREDENTIALS',
        'Incorrect username or password',
      ]);
    const ordinary = await sign({ username: person.user.username, password: person.password });
    expect([ordinary.status, ordinary.body.error_code]).toEqual([403, 'ADMIN_REQUIRED']);
    expect((await sign({ username: 'x' })).status).toBe(400);
  });

  test('locks after too many wrong passwords', async () => {
    const person = await server.given.user({ isAdmin: true });
    for (let tries = 0; tries < 10; tries += 1) await sign({ username: person.user.username, password: 'wrong' });
    const locked = await sign({ username: person.user.username, password: person.password });
    expect([locked.status, locked.body.error_code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
