import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseToCopy, install, makeDirectory, removeDirectory, type Installation } from './installation.ts';
import { countRows, eventually, gone, processesWith, query, writeRows } from './watching.ts';

let base: string;
let installation: Installation;
let existingData: (name: string) => Promise<string>;

beforeAll(async () => {
  base = await makeDirectory();
  installation = await install(base, { package: 'linked' });
  existingData = await databaseToCopy(installation);
});
afterAll(() => removeDirectory(base));

test('PostgreSQL ends soon after its server was killed, and the next start finds everything that was committed', async () => {
  const dataDirectory = await existingData('killed');
  const first = await installation.start({ dataDirectory });
  await writeRows(first.postgres.connectionString);
  await first.kill();
  await gone(first.postgres.pid);
  await eventually('the watchdog ends', () => processesWith(first.postgres.dataDirectory).length === 0);

  const second = await installation.start({ dataDirectory });
  expect(second.postgres.firstStart).toBe(false);
  expect(await countRows(second.postgres.connectionString)).toBe(1000);
  expect(second.log()).toContain('its lock was removed');
  await second.stop();
});

test('PostgreSQL ends when its server is killed while it is still starting', async () => {
  const dataDirectory = await existingData('killed-early');
  const cluster = path.join(dataDirectory, 'postgres');
  const child = installation.spawn({ dataDirectory });
  await eventually('postgres begins', () => processesWith(`-D ${cluster}`).length > 0);
  child.kill('SIGKILL');
  await eventually('all of it ends', () => processesWith(cluster).length === 0);
});

test('a server and a PostgreSQL that are killed in the same moment lose nothing that was committed', async () => {
  const dataDirectory = await existingData('all-killed');
  const first = await installation.start({ dataDirectory });
  await writeRows(first.postgres.connectionString);
  const everything = [first.pid, ...processesWith(first.postgres.dataDirectory)];
  // All stand still before the first one dies: between two kills the watchdog could have PostgreSQL shut down in order.
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    for (const pid of everything) process.kill(pid, signal);
  }
  await Promise.all(everything.map(gone));
  expect(existsSync(path.join(first.postgres.dataDirectory, 'postmaster.pid'))).toBe(true);

  const second = await installation.start({ dataDirectory });
  expect(second.log()).toMatch(/automatic recovery in progress/);
  expect(await countRows(second.postgres.connectionString)).toBe(1000);
  await second.stop();
});

test('a start right after the kill waits for the old PostgreSQL instead of failing', async () => {
  const dataDirectory = await existingData('at-once');
  const first = await installation.start({ dataDirectory });
  await writeRows(first.postgres.connectionString);
  await first.kill();
  const second = await installation.start({ dataDirectory });
  expect(await countRows(second.postgres.connectionString)).toBe(1000);
  await second.stop();
});

test('a PostgreSQL that lost its server and its watchdog is found and stopped by the next start', async () => {
  const dataDirectory = await existingData('abandoned');
  const first = await installation.start({ dataDirectory });
  await writeRows(first.postgres.connectionString);
  for (const watchdog of processesWith(`authly-watchdog ${first.postgres.dataDirectory}`)) {
    process.kill(watchdog, 'SIGKILL');
    await gone(watchdog);
  }
  await eventually('the loss is reported', () => first.log().includes('the watchdog of PostgreSQL is gone'));
  await first.kill();
  expect(await countRows(first.postgres.connectionString)).toBe(1000);

  const second = await installation.start({ dataDirectory });
  await gone(first.postgres.pid);
  expect(second.log()).toContain('PostgreSQL still runs after its server died');
  expect(await countRows(second.postgres.connectionString)).toBe(1000);
  await second.stop();
});

test('sessions that outlive a killed postmaster do not keep the next start from succeeding', async () => {
  const dataDirectory = await existingData('sessions');
  const first = await installation.start({ dataDirectory });
  await writeRows(first.postgres.connectionString);
  // Sorting on the processor for a while: a session that sleeps would notice at once that its postmaster is gone.
  const busy = query(first.postgres.connectionString, 'select count(*) from generate_series(1, 6000000) order by 1');
  await eventually('the session works', async () => {
    const [row] = await query<{ busy: string }>(
      first.postgres.adminConnectionString,
      `select count(*) as busy from pg_stat_activity where state = 'active' and usename = 'authly'`,
    );
    return Number(row?.busy) > 0;
  });
  process.kill(first.postgres.pid, 'SIGKILL');
  await first.kill();
  const second = await installation.start({ dataDirectory });
  expect(await countRows(second.postgres.connectionString)).toBe(1000);
  await second.stop();
  await busy.catch(() => undefined);
});

test('the server learns that its PostgreSQL was killed', async () => {
  const dataDirectory = await existingData('told');
  const server = await installation.start({ dataDirectory });
  process.kill(server.postgres.pid, 'SIGKILL');
  await eventually('it is told', () => server.log().includes('PostgreSQL has ended'));
  await server.stop();
  expect(existsSync(path.join(dataDirectory, 'postgres.lock'))).toBe(false);
});

test('an ephemeral server that is killed leaves neither files nor processes behind', async () => {
  const server = await installation.start({ ephemeral: true });
  await server.kill();
  await eventually('its directory is removed', () => !existsSync(path.dirname(server.postgres.dataDirectory)));
  await eventually('its processes end', () => processesWith(server.postgres.dataDirectory).length === 0);
});

test('a start that is killed while it makes the database is made anew', async () => {
  const dataDirectory = path.join(base, 'interrupted');
  const child = installation.spawn({ dataDirectory });
  await eventually('initdb works', () =>
    unfinished(dataDirectory).some((name) => existsSync(path.join(name, 'data/base'))),
  );
  child.kill('SIGKILL');
  expect(existsSync(path.join(dataDirectory, 'postgres'))).toBe(false);

  const server = await installation.start({ dataDirectory });
  expect(server.postgres.firstStart).toBe(true);
  await writeRows(server.postgres.connectionString);
  await server.stop();
});

test('what an interrupted start left behind is removed', async () => {
  const dataDirectory = path.join(base, 'remains');
  const child = installation.spawn({ dataDirectory });
  await eventually('initdb begins', () => unfinished(dataDirectory).length > 0);
  child.kill('SIGKILL');
  await eventually('initdb ends', () => processesWith(dataDirectory).length === 0);
  expect(unfinished(dataDirectory)).toHaveLength(1);
  await (await installation.start({ dataDirectory })).stop();
  expect(unfinished(dataDirectory)).toEqual([]);
});

function unfinished(dataDirectory: string): readonly string[] {
  const names = existsSync(dataDirectory) ? readdirSync(dataDirectory) : [];
  return names.filter((name) => name.startsWith('postgres.initdb-')).map((name) => path.join(dataDirectory, name));
}
