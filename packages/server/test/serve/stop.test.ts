import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { build, PATIENCE, type ServerProcess, startServer, stopAll } from './server-process.ts';

let database: TestDatabase | undefined;

beforeAll(build, 300_000);
afterEach(async () => {
  await stopAll();
  await database?.drop();
  database = undefined;
});

async function server(
  options: Record<string, unknown> = {},
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  database = await createTestDatabase();
  const started = await startServer(options, {
    AUTHLY_MODE: 'testing',
    DATABASE_URL: database.url,
    JWT_SECRET_KEY: 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
    JWT_REFRESH_SECRET_KEY: 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
    AUTHLY_ADMIN_PASSWORD: 'a password for these tests 1A',
    LOG_JSON: 'true',
    ...environment,
  });
  await started.healthy();
  await expect.poll(() => started.stdout(), PATIENCE).toContain('"msg":"listening"');
  return started;
}

const BODY = 'token=unknown';

/** A request whose body has only begun, on a connection that would stay open for more. */
async function halfRequest(
  url: string,
): Promise<{ readonly socket: Socket; finish(): void; readonly answer: Promise<string> }> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /api/v1/oauth/revoke HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${BODY.length}\r\n\r\n`,
  );
  // A server that says so has the request in its hands.
  const [go] = (await once(socket, 'data')) as [Buffer];
  expect(String(go)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write(BODY.slice(0, 3));
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.once('close', () => resolve(text));
  });
  return { socket, finish: () => socket.write(BODY.slice(3)), answer };
}

/** Sends a request as soon as the last is answered, on one connection, until an answer says that it was the last. */
function callUntilClosed(url: string): { answers(): number; readonly ended: Promise<string> } {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
  const ask = (): unknown =>
    socket.write(
      `POST /api/v1/oauth/revoke HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${BODY.length}\r\n` +
        `Content-Type: application/x-www-form-urlencoded\r\n\r\n${BODY}`,
    );
  let answers = 0;
  const ended = new Promise<string>((resolve) => {
    socket.once('connect', ask);
    socket.once('error', (error) => resolve(error.message));
    socket.once('close', () => resolve('cut'));
    socket.on('data', (text: string) => {
      if (!text.startsWith('HTTP/1.1 200')) return resolve(text);
      answers += 1;
      if (/^connection: close/im.test(text)) return resolve('the last answer said close');
      ask();
    });
  });
  return { answers: () => answers, ended };
}

async function untilRefused(url: string): Promise<void> {
  await expect
    .poll(
      () =>
        fetch(`${url}/health/ready`).then(
          (response) => response.status,
          () => 'refused',
        ),
      PATIENCE,
    )
    .toBe('refused');
}

describe('SIGTERM', () => {
  test.each([1, 2])(
    'with %i workers: a request in flight is answered, new ones are not taken, and the exit code is 0',
    async (workers) => {
      const it = await server({ workers });
      const request = await halfRequest(it.url);
      it.process.kill('SIGTERM');
      await untilRefused(it.url);
      expect(it.process.exitCode).toBeNull();
      request.finish();
      expect(await request.answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(await it.ended).toBe(0);
      expect(it.stdout()).not.toMatch(/"level":"(?:warn|error)"/);
    },
  );

  test.each([1, 2])(
    'with %i workers: for a while readiness is 503 and everything is still taken, and each answer closes its connection',
    async (workers) => {
      const it = await server({ workers }, { AUTHLY_SHUTDOWN_DELAY: '3' });
      const callers = Array.from({ length: 20 }, () => callUntilClosed(it.url));
      await expect.poll(() => callers.every((caller) => caller.answers() > 2), PATIENCE).toBe(true);
      it.process.kill('SIGTERM');
      // Nobody is cut: each gets a last answer that says so.
      for (const caller of callers) expect(await caller.ended).toBe('the last answer said close');
      const ready = await fetch(`${it.url}/health/ready`);
      expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
      const request = await fetch(`${it.url}/api/v1/oauth/revoke`, {
        method: 'POST',
        body: new URLSearchParams({ token: 'unknown' }),
      });
      expect([request.status, request.headers.get('connection')]).toEqual([200, 'close']);
      expect(await it.ended).toBe(0);
    },
  );

  test('a second one, with workers, ends them all at once too', async () => {
    const it = await server({ workers: 2 }, { AUTHLY_SHUTDOWN_DELAY: '60' });
    it.process.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${it.url}/health/ready`)).status, PATIENCE).toBe(503);
    it.process.kill('SIGTERM');
    expect(await it.ended).toBe(143);
    await untilRefused(it.url);
  });

  test('a second one ends the process at once, whatever is in flight', async () => {
    const it = await server();
    const request = await halfRequest(it.url);
    it.process.kill('SIGTERM');
    await untilRefused(it.url);
    it.process.kill('SIGTERM');
    expect(await it.ended).toBe(143);
    request.socket.destroy();
  });

  test('during the start ends it cleanly too', async () => {
    const it = await startServer({ embedded: true, ephemeral: true, logLevel: 'debug' });
    await expect.poll(() => it.stderr(), PATIENCE).toContain('starting PostgreSQL');
    expect(await it.stop()).toBe(0);
  });
});

test('SIGINT stops as cleanly as SIGTERM', async () => {
  const it = await server();
  expect(await it.stop('SIGINT')).toBe(0);
});

test('connections that are idle do not hold up the stop', async () => {
  const it = await server();
  await fetch(`${it.url}/health/live`);
  const started = performance.now();
  expect(await it.stop()).toBe(0);
  expect(performance.now() - started).toBeLessThan(20_000);
});
