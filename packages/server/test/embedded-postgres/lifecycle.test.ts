import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../../src/platform/embedded-postgres/embedded-postgres.ts';
import { makeDirectory, removeDirectory } from './installation.ts';
import { countRows, gone, processesWith, query, writeRows } from './watching.ts';

const base = await makeDirectory();
const running: EmbeddedPostgres[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
afterAll(() => removeDirectory(base));

test('the first start makes the database, and the second finds it with its data and the same passwords', async () => {
  const dataDirectory = path.join(base, 'twice');
  const first = await start({ dataDirectory });
  expect(first).toMatchObject({ firstStart: true, version: expect.stringMatching(/^17\./) });
  await writeRows(first.connectionString);
  await first.stop();
  await gone(first.pid);

  const second = await start({ dataDirectory });
  expect(second).toMatchObject({ firstStart: false, connectionString: first.connectionString });
  expect(await countRows(second.connectionString)).toBe(1000);
});

test('the server works as a role that owns its database and has no rights beyond it', async () => {
  const server = await start({ dataDirectory: path.join(base, 'role') });
  const [role] = await query(
    server.connectionString,
    `select rolsuper, rolcreatedb, rolcreaterole, current_database() = 'authly' as own,
            (select datdba::regrole::text from pg_database where datname = current_database()) as owner
     from pg_roles where rolname = current_user`,
  );
  expect(role).toEqual({ rolsuper: false, rolcreatedb: false, rolcreaterole: false, own: true, owner: 'authly' });
  const encoding = await query(server.connectionString, `select lower('ÄÖÜ') as lower, length('ä€😀') as length`);
  expect(encoding).toEqual([{ lower: 'äöü', length: 3 }]);
});

test('the passwords are in a file that only its owner can read, and are asked for on the socket', async () => {
  const dataDirectory = path.join(base, 'passwords');
  const server = await start({ dataDirectory });
  const file = path.join(dataDirectory, 'postgres-credentials.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain(server.password);
  expect(statSync(server.host).mode & 0o777).toBe(0o700);
  const wrong = server.connectionString.replace(server.password, 'wrong');
  await expect(query(wrong, 'select 1')).rejects.toThrow('password authentication failed');
});

test('a server that was asked to listen on TCP listens on the loopback address alone and asks for the password', async () => {
  const server = await start({ dataDirectory: path.join(base, 'tcp'), transport: 'tcp' });
  expect(server.host).toBe('127.0.0.1');
  const [settings] = await query(
    server.adminConnectionString,
    `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
  );
  expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '' });
  const rules = await query(server.adminConnectionString, 'select distinct auth_method from pg_hba_file_rules');
  expect(rules).toEqual([{ auth_method: 'scram-sha-256' }]);
  const wrong = server.connectionString.replace(server.password, 'wrong');
  await expect(query(wrong, 'select 1')).rejects.toThrow('password authentication failed');
});

test('two servers run beside each other on data of their own', async () => {
  const [one, other] = await Promise.all([
    start({ dataDirectory: path.join(base, 'one') }),
    start({ dataDirectory: path.join(base, 'other') }),
  ]);
  await writeRows(one.connectionString);
  await expect(countRows(other.connectionString)).rejects.toThrow('does not exist');
});

test('a data directory with a long or unusual name gets its socket where the path is short enough', async () => {
  const name = `${'long '.repeat(24)}, "ünusual" %2F`;
  const dataDirectory = path.join(base, name);
  const first = await start({ dataDirectory });
  expect(first.host.startsWith(base)).toBe(false);
  await writeRows(first.connectionString);
  await first.stop();
  expect(existsSync(first.host)).toBe(false);
  const unusual = await start({ dataDirectory: path.join(base, 'a, "b" %2F ü') });
  expect(unusual.host.startsWith(base)).toBe(true);
  expect(await query(unusual.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
  const second = await start({ dataDirectory });
  expect(await countRows(second.connectionString)).toBe(1000);
});

test('committed data waits for the disk, and data that is thrown away does not', async () => {
  const durable = await start({ dataDirectory: path.join(base, 'durable') });
  const ephemeral = await start({ ephemeral: true });
  const settings = `select current_setting('fsync') || current_setting('synchronous_commit') || current_setting('full_page_writes') as s`;
  expect(await query(durable.connectionString, settings)).toEqual([{ s: 'ononon' }]);
  expect(await query(ephemeral.connectionString, settings)).toEqual([{ s: 'offoffoff' }]);
});

test('an ephemeral server takes the settings of the caller and leaves neither files nor processes behind', async () => {
  const dataDirectory = path.join(base, 'not-used');
  const server = await start({ dataDirectory, ephemeral: true, settings: { max_connections: 17 } });
  expect(await query(server.connectionString, 'show max_connections')).toEqual([{ max_connections: '17' }]);
  expect(server.dataDirectory.startsWith(os.tmpdir())).toBe(true);
  await server.stop();
  expect(existsSync(path.dirname(server.dataDirectory))).toBe(false);
  expect(existsSync(dataDirectory)).toBe(false);
  await Promise.all(processesWith(server.dataDirectory).map(gone));
});

test('a deleted password file is replaced by new passwords and the data is kept', async () => {
  const dataDirectory = path.join(base, 'deleted-passwords');
  const first = await start({ dataDirectory });
  await writeRows(first.connectionString);
  await first.stop();
  await rm(path.join(dataDirectory, 'postgres-credentials.json'));

  const second = await start({ dataDirectory });
  expect(second.password).not.toBe(first.password);
  expect(await countRows(second.connectionString)).toBe(1000);
  expect(await query(second.adminConnectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('passwords of another database are refused with what to do about them', async () => {
  const dataDirectory = path.join(base, 'foreign-passwords');
  await (await start({ dataDirectory })).stop();
  const other = path.join(base, 'foreign-source');
  await (await start({ dataDirectory: other })).stop();
  const foreign = await readFile(path.join(other, 'postgres-credentials.json'), 'utf8');
  await writeFile(path.join(dataDirectory, 'postgres-credentials.json'), foreign);
  await expect(start({ dataDirectory })).rejects.toThrow(/does not know the passwords .* delete it/);
  expect(processesWith(dataDirectory)).toEqual([]);
});

test('a directory that holds something else is not touched', async () => {
  const dataDirectory = path.join(base, 'something-else');
  await mkdir(path.join(dataDirectory, 'postgres'), { recursive: true });
  await writeFile(path.join(dataDirectory, 'postgres', 'diary.txt'), 'mine');
  await expect(start({ dataDirectory })).rejects.toMatchObject({ fault: 'data-unknown' });
  expect(readdirSync(path.join(dataDirectory, 'postgres'))).toEqual(['diary.txt']);
});

test('data of another PostgreSQL version is refused with the way to move it', async () => {
  const dataDirectory = path.join(base, 'old-version');
  const server = await start({ dataDirectory });
  await server.stop();
  await writeFile(path.join(server.dataDirectory, 'PG_VERSION'), '15\n');
  await expect(start({ dataDirectory })).rejects.toThrow(/made by PostgreSQL 15.*brings PostgreSQL 17.*pg_dump/);
});

type WithoutLogger<T> = T extends unknown ? Omit<T, 'logger'> : never;

async function start(options: WithoutLogger<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    ...options,
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  running.push(server);
  return server;
}

function quiet(): void {}
