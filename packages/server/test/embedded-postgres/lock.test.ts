import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseToCopy, install, makeDirectory, removeDirectory, type Installation } from './installation.ts';
import { countRows, gone, writeRows } from './watching.ts';

let base: string;
let installation: Installation;
let existingData: (name: string) => Promise<string>;

beforeAll(async () => {
  base = await makeDirectory();
  installation = await install(base, { package: 'linked' });
  existingData = await databaseToCopy(installation);
});
afterAll(() => removeDirectory(base));

test('a second server on the same data is told who has it and what to do, and the first goes on', async () => {
  const dataDirectory = await existingData('two');
  const first = await installation.start({ dataDirectory });
  const failure = await installation.startFails({ dataDirectory });
  expect(failure.fault).toBe('data-in-use');
  expect(failure.message).toContain(`pid ${first.pid}`);
  expect(failure.message).toContain(`kill ${first.pid}`);
  expect(failure.message).toContain('another data directory');
  await writeRows(first.postgres.connectionString);
  await first.stop();
  expect(existsSync(path.join(dataDirectory, 'postgres.lock'))).toBe(false);
});

test('of several servers that start at once on new data exactly one succeeds', async () => {
  const dataDirectory = path.join(base, 'at-once');
  const starts = await Promise.allSettled([1, 2, 3].map(() => installation.start({ dataDirectory })));
  const started = starts.filter((start) => start.status === 'fulfilled');
  expect(started).toHaveLength(1);
  await Promise.all(started.map((start) => start.value.stop()));
});

test('a lock whose number was given to another program is recognised as stale', async () => {
  const dataDirectory = await existingData('reused');
  const first = await installation.start({ dataDirectory });
  await writeRows(first.postgres.connectionString);
  const lock = await readFile(path.join(dataDirectory, 'postgres.lock'), 'utf8');
  await first.kill();
  await gone(first.postgres.pid);
  const other = spawn('sleep', ['60']);
  await writeFile(path.join(dataDirectory, 'postgres.lock'), JSON.stringify({ ...JSON.parse(lock), pid: other.pid }));

  const second = await installation.start({ dataDirectory });
  expect(await countRows(second.postgres.connectionString)).toBe(1000);
  await second.stop();
  other.kill();
});

test('a damaged lock does not keep the server from starting', async () => {
  const dataDirectory = await existingData('damaged');
  await writeFile(path.join(dataDirectory, 'postgres.lock'), '{"pid": 1');
  await (await installation.start({ dataDirectory })).stop();
});

test("PostgreSQL's own lock is recognised as stale when its number was given to another program", async () => {
  const dataDirectory = await existingData('postmaster-reused');
  const first = await installation.start({ dataDirectory });
  await writeRows(first.postgres.connectionString);
  const file = path.join(first.postgres.dataDirectory, 'postmaster.pid');
  const lock = await readFile(file, 'utf8');
  const { uid, gid } = statSync(first.postgres.dataDirectory);
  await first.stop();
  // A program of PostgreSQL's own account: PostgreSQL passes over the processes of others by itself.
  const other = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
  await writeFile(file, lock.replace(/^\d+/, String(other.pid)));

  const second = await installation.start({ dataDirectory });
  expect(await countRows(second.postgres.connectionString)).toBe(1000);
  expect(other.exitCode).toBeNull();
  await second.stop();
  other.kill();
});

test("an empty lock of PostgreSQL's does not keep the server from starting", async () => {
  const dataDirectory = await existingData('postmaster-empty');
  await writeFile(path.join(dataDirectory, 'postgres', 'postmaster.pid'), '');
  await (await installation.start({ dataDirectory })).stop();
});
