import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CALLBACK, type GivenClient, redeem } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

/** What somebody who has proved nothing can make the server keep: it is small, and no more than so much a minute for one address. */

let server: TestServer;
let app: GivenClient;
let database: Client;

beforeAll(async () => {
  server = await startServer({
    settings: { 'login.begin_limit': 20, 'login.address_limit': 20, trusted_proxies: ['127.0.0.1'] },
  });
  app = await server.given.client();
  database = new Client({ connectionString: server.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await server.stop();
});
beforeEach(() => server.clock.advance(3600));

/** Rows of tables that grow by what strangers send. */
async function stored(): Promise<Record<string, number>> {
  const tables = [
    'audit_events',
    'rate_limits',
    'interactions',
    'device_codes',
    'login_challenges',
    'sessions',
    'users',
  ];
  const counts = tables.map((table) => `(select count(*)::integer from ${table}) as ${table}`);
  const { rows } = await database.query<Record<string, number>>(`select ${counts.join(', ')}`);
  return rows[0] ?? {};
}

async function grown(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await stored();
  await work();
  const after = await stored();
  return Object.fromEntries(Object.entries(after).map(([table, count]) => [table, count - (before[table] ?? 0)]));
}

const times = async (count: number, request: (index: number) => Promise<Response>): Promise<Map<number, number>> => {
  const statuses = new Map<number, number>();
  for (let begun = 0; begun < count; begun += 50) {
    const indexes = Array.from({ length: Math.min(50, count - begun) }, (_, index) => begun + index);
    for (const { status } of await Promise.all(indexes.map(request)))
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  return statuses;
};

describe('a stranger at one address', () => {
  test('who makes up clients leaves few rows, however many they make up', async () => {
    let statuses = new Map<number, number>();
    const rows = await grown(async () => {
      statuses = await times(400, (index) =>
        server.post(
          '/api/v1/oauth/token',
          { grant_type: 'client_credentials', client_id: `made-up-${index}`, client_secret: 'x'.repeat(50) },
          { 'user-agent': 'A'.repeat(8000) },
        ),
      );
    });
    expect(Object.fromEntries(statuses)).toEqual({ 401: 60, 429: 340 });
    expect(rows).toMatchObject({ audit_events: 60, rate_limits: 2 });
    const { rows: agents } = await database.query<{ longest: number }>(
      `select max(length(user_agent)) as longest from audit_events where action = 'client.authenticated'`,
    );
    expect(agents).toEqual([{ longest: 500 }]);
  });

  test('who goes through addresses of one IPv6 network is one stranger', async () => {
    const rows = await grown(() =>
      times(100, (index) =>
        server.post(
          '/api/v1/oauth/token',
          { grant_type: 'client_credentials', client_id: app.clientId, client_secret: 'wrong' },
          { 'x-forwarded-for': `2001:db8::${index.toString(16)}` },
        ),
      ),
    );
    expect(rows).toMatchObject({ audit_events: 60, rate_limits: 2 });
  });

  test('does not keep a client from proving itself that shares the address', async () => {
    await times(350, (index) =>
      server.post('/api/v1/oauth/token', { client_id: `made-up-${index % 3}`, client_secret: 'x', grant_type: 'x' }),
    );
    const response = await server.post('/api/v1/oauth/token', { grant_type: 'client_credentials' }, app.basic);
    expect(response.status).toBe(200);
  });

  test('begins no more sign-ins than the limit, and none that is large', async () => {
    let statuses = new Map<number, number>();
    const authorize = (more: Record<string, string> = {}): Promise<Response> => {
      const query = new URLSearchParams({
        client_id: app.clientId,
        redirect_uri: CALLBACK,
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        ...more,
      });
      return fetch(`${server.url}/api/v1/oauth/authorize?${query}`, { redirect: 'manual' });
    };
    const rows = await grown(async () => {
      statuses = await times(100, () => authorize());
    });
    expect(Object.fromEntries(statuses)).toEqual({ 303: 20, 429: 80 });
    expect(rows).toMatchObject({ interactions: 20, rate_limits: 1, audit_events: 0 });

    server.clock.advance(61);
    const padding = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [`claim_${n}`, { value: 'v'.repeat(200) }]),
    );
    const large = { claims: JSON.stringify({ userinfo: padding }), state: 's'.repeat(2000) };
    const refused = await grown(async () => {
      const response = await authorize(large);
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('too long')]);
    });
    expect(refused).toMatchObject({ interactions: 0 });
  });

  test('who tries names and passwords past the limit leaves one more line a window', async () => {
    const rows = await grown(() =>
      times(100, (index) =>
        server.post('/api/v1/oauth/token', {
          grant_type: 'password',
          username: `nobody-${index}`,
          password: 'wrong',
        }),
      ),
    );
    expect(rows['audit_events']).toBe(21);
    expect(rows['rate_limits']).toBeLessThanOrEqual(2 + 3 * 20);
  });

  test('makes up no label of a metric', async () => {
    for (const word of ['one', 'two']) await server.post('/api/v1/oauth/token', { grant_type: `made-up-${word}` });
    for (const path of ['/made/up', '/api/v1/made-up']) await fetch(`${server.url}${path}`);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('grant_type="other"');
    expect(metrics).not.toContain('made');
  });

  test('who sends a used code again and again is recorded once', async () => {
    const person = await server.given.user();
    const code = await server.given.code({ user: person, client: app });
    expect((await redeem(server.url, app, code)).status).toBe(200);
    const rows = await grown(() => times(5, () => redeem(server.url, app, code)));
    expect(rows).toMatchObject({ audit_events: 1 });
  });
});
