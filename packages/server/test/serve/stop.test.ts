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

async function server(options: Record<string, unknown> = {}): Promise<ServerProcess> {
  database = await createTestDatabase();
  const started = await startServer(options, {
    AUTHLY_MODE: 'testing',
    DATABASE_URL: database.url,
    JWT_SECRET_KEY: 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
    JWT_REFRESH_SECRET_KEY: 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
    AUTHLY_ADMIN_PASSWORD: 'a password for these tests 1A',
    LOG_JSON: 'true',
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
    `POST /api/v1/oauth/revoke HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, 3)}`,
  );
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.once('close', () => resolve(text));
  });
  return { socket, finish: () => socket.write(BODY.slice(3)), answer };
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
