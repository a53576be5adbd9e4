import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { build, PATIENCE, freePort, type ServerProcess, startServer, stopAll } from './server-process.ts';

let database: TestDatabase;

beforeAll(build, 300_000);
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await stopAll();
  await database.drop();
});

const PASSWORD = 'a password for these tests 1A';

async function server(options: Record<string, unknown> = {}): Promise<ServerProcess> {
  const started = await startServer(
    { workers: 2, ...options },
    {
      AUTHLY_MODE: 'testing',
      DATABASE_URL: database.url,
      AUTHLY_POOL_MAX: '3',
      JWT_SECRET_KEY: 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
      JWT_REFRESH_SECRET_KEY: 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
      AUTHLY_ADMIN_PASSWORD: PASSWORD,
      LOG_JSON: 'true',
    },
  );
  await started.healthy();
  await expect.poll(() => started.stdout(), PATIENCE).toContain('"msg":"listening"');
  return started;
}

async function childrenOf(pid: number | undefined): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(/\s+/).filter(Boolean).map(Number);
}

/** A connection of its own for every request, so that they spread over the workers. */
function get(url: string, signal?: AbortSignal): Promise<Response> {
  return fetch(url, { headers: { connection: 'close' }, signal });
}

/** What was handed to a worker in its last moment is lost; a later try reaches another one. */
async function patientStatus(url: string): Promise<number | undefined> {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const response = await get(url, AbortSignal.timeout(2_000)).catch(() => undefined);
    if (response !== undefined) return response.status;
  }
  return undefined;
}

function answeringWorkers(it: ServerProcess): Set<number> {
  const lines = it
    .stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { pid: number; path?: string });
  return new Set(lines.filter((line) => line.path !== undefined).map((line) => line.pid));
}

test('all workers answer, with the same keys, and a token of one is known to the others', async () => {
  const it = await server();
  const body = new URLSearchParams({ grant_type: 'password', username: 'admin', password: PASSWORD, scope: 'openid' });
  const response = await fetch(`${it.url}/api/v1/oauth/token`, {
    method: 'POST',
    body,
    headers: { connection: 'close' },
  });
  const { access_token } = (await response.json()) as { access_token: string };
  const jwks = await Promise.all(
    Array.from({ length: 12 }, async () => (await get(`${it.url}/.well-known/jwks.json`)).text()),
  );
  expect(new Set(jwks).size).toBe(1);
  const headers = { authorization: `Bearer ${access_token}`, connection: 'close' };
  const statuses = await Promise.all(
    Array.from({ length: 12 }, async () => (await fetch(`${it.url}/oidc/userinfo`, { headers })).status),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  await expect.poll(() => answeringWorkers(it).size, PATIENCE).toBe(2);
});

test('the metrics are those of all workers together', async () => {
  const it = await server();
  await Promise.all(Array.from({ length: 20 }, () => get(`${it.url}/health/live`)));
  const text = await (await get(`${it.url}/metrics`)).text();
  expect(text).toContain('authly_http_requests_total{method="GET",endpoint="/health/live",status_code="200"} 20');
  expect(text).toMatch(/^authly_application_info\{.*\} 1$/m);
});

test('a worker that is killed is replaced, and the others go on', async () => {
  const it = await server();
  const [first] = await childrenOf(it.process.pid);
  process.kill(first ?? 0, 'SIGKILL');
  for (let attempt = 0; attempt < 20; attempt += 1) expect(await patientStatus(`${it.url}/health/live`)).toBe(200);
  await expect.poll(async () => (await childrenOf(it.process.pid)).length, PATIENCE).toBe(2);
  expect(await childrenOf(it.process.pid)).not.toContain(first);
  // Also while the new one is still starting.
  expect(await it.stop()).toBe(0);
});

test('when the primary is killed its workers end too', async () => {
  const it = await server();
  const workers = await childrenOf(it.process.pid);
  it.process.kill('SIGKILL');
  await it.ended;
  await expect.poll(() => workers.filter((pid) => isAlive(pid)), PATIENCE).toEqual([]);
});

// @attack first administrator race (Pocket ID ca28ddc)
test('two servers that start at once on an empty installation make one administrator and one set of keys', async () => {
  const [one, two] = await Promise.all([server({ port: await freePort() }), server({ port: await freePort() })]);
  const keys = await Promise.all([one, two].map(async (it) => (await get(`${it.url}/.well-known/jwks.json`)).text()));
  expect(keys[0]).toBe(keys[1]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
