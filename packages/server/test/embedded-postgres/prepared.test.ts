/** The first start from a prepared cluster: what it makes, and that it goes without one. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pendingMigrations } from '../../src/storage/postgres/migrate.ts';
import { schemaDigest } from '../../src/storage/postgres/migrations.ts';
import {
  copyDirectory,
  install,
  makeDirectory,
  removeDirectory,
  type Installation,
  type RunningServer,
} from './installation.ts';
import { eventually, processesWith, query } from './watching.ts';

const isRoot = process.getuid?.() === 0;
const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : undefined;
const schema = await schemaDigest();

let base: string;
let installation: Installation;
let prepared: string;
const running: RunningServer[] = [];

beforeAll(async () => {
  base = await makeDirectory();
  // Other accounts must reach PostgreSQL's programs without making a copy of them, but not what lies beside them.
  await mkdir(path.join(base, 'installation'));
  installation = await install(path.join(base, 'installation'), { package: 'whole' });
  prepared = await installation.prepare();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
afterAll(() => removeDirectory(base));

describe('a first start from a prepared cluster', () => {
  test('has the schema, and passwords that no other one has', async () => {
    const one = await start({ dataDirectory: path.join(base, 'one'), schema });
    const other = await start({ dataDirectory: path.join(base, 'other'), schema });
    for (const { postgres, log } of [one, other]) {
      expect(postgres.firstStart).toBe(true);
      expect(log()).not.toContain('is not used');
      expect(await pendingMigrations({ connectionString: postgres.connectionString })).toEqual([]);
      expect(await query(postgres.adminConnectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    }
    expect(one.postgres.password).not.toBe(other.postgres.password);
    expect(one.postgres.adminConnectionString).not.toBe(other.postgres.adminConnectionString);
    const foreign = one.postgres.connectionString.replace(one.postgres.password, other.postgres.password);
    await expect(query(foreign, 'select 1')).rejects.toThrow('password authentication failed');
  });

  test('makes the same database as initdb does, closed to everyone else', async () => {
    const copied = await start({ dataDirectory: path.join(base, 'copied'), schema });
    const initialised = await start({ dataDirectory: path.join(base, 'initialised') });
    expect(await schemaTables(copied)).toBeGreaterThan(0);
    expect(await schemaTables(initialised)).toBe(0);
    for (const statement of WHAT_MAKES_A_CLUSTER) {
      const [left, right] = await Promise.all(
        [copied, initialised].map(({ postgres }) => query(postgres.adminConnectionString, statement)),
      );
      expect(left?.length, statement).toBeGreaterThan(0);
      expect(left, statement).toEqual(right);
    }
    expect(modesBelow(copied.postgres.dataDirectory)).toEqual(modesBelow(initialised.postgres.dataDirectory));
    for (const name of ['postgresql.conf', 'pg_hba.conf', 'pg_ident.conf', 'postgresql.auto.conf'])
      expect(await readFile(path.join(copied.postgres.dataDirectory, name), 'utf8')).toBe(
        await readFile(path.join(initialised.postgres.dataDirectory, name), 'utf8'),
      );
  });

  test('finds its data again at the next start', async () => {
    const dataDirectory = path.join(base, 'twice');
    const first = await start({ dataDirectory, schema });
    await query(first.postgres.connectionString, 'create table kept (id int)');
    running.pop();
    await first.stop();
    const second = await start({ dataDirectory, schema });
    expect(second.postgres.firstStart).toBe(false);
    expect(await query(second.postgres.connectionString, 'select * from kept')).toEqual([]);
  });

  test('serves an ephemeral server too, which leaves nothing behind', async () => {
    const server = await start({ ephemeral: true, schema });
    expect(await schemaTables(server)).toBeGreaterThan(0);
    running.pop();
    await server.stop();
    expect(existsSync(path.dirname(server.postgres.dataDirectory))).toBe(false);
  });

  test('is made anew when it was killed while it copied', async () => {
    const dataDirectory = path.join(base, 'killed');
    const child = installation.spawn({ dataDirectory, schema });
    await eventually('the copy has begun', () =>
      unfinished(dataDirectory).some((name) => existsSync(`${name}/data/base`)),
    );
    child.kill('SIGKILL');
    await eventually('the copy ends', () => processesWith(dataDirectory).length === 0);
    expect(existsSync(path.join(dataDirectory, 'postgres'))).toBe(false);
    const server = await start({ dataDirectory, schema });
    expect(server.postgres.firstStart).toBe(true);
    expect(server.log()).not.toContain('is not used');
    expect(unfinished(dataDirectory)).toEqual([]);
  });

  test.runIf(isRoot)('needs no way to it for the account that PostgreSQL runs under', async () => {
    await chmod(path.join(prepared, '../..'), 0o700);
    const server = await start({ dataDirectory: path.join(base, 'closed'), schema });
    await chmod(path.join(prepared, '../..'), 0o755);
    expect(server.postgres.account).not.toBe('root');
    expect(await schemaTables(server)).toBeGreaterThan(0);
  });

  test('is as good when another account installed it', async () => {
    const home = path.join(base, 'of-nobody');
    await mkdir(home, { mode: 0o777 });
    await chmod(home, 0o777);
    const server = await start({ dataDirectory: path.join(home, 'data'), schema, as: nobody, env: { HOME: home } });
    expect(await schemaTables(server)).toBeGreaterThan(0);
  });
});

describe('a first start goes through initdb', () => {
  test('where nothing is prepared for its schema', async () => {
    const server = await start({ dataDirectory: path.join(base, 'other-schema'), schema: 'another' });
    expect(server.postgres.firstStart).toBe(true);
    expect(await schemaTables(server)).toBe(0);
  });

  test('where it was prepared by another version of PostgreSQL', async () => {
    const older = prepared.replace(/cluster-\d+\.\d+/, 'cluster-16.1');
    await rename(prepared, older);
    const server = await start({ dataDirectory: path.join(base, 'older'), schema });
    await rename(older, prepared);
    expect(await schemaTables(server)).toBe(0);
  });

  test.each([
    ['a file is gone', (data: string) => rm(path.join(data, 'global/pg_filenode.map'))],
    ['a file is cut off', (data: string) => truncate(largestFile(path.join(data, 'base/1')), 0)],
    [
      'PostgreSQL does not take it',
      (data: string) => writeFile(path.join(data, 'global/pg_control'), Buffer.alloc(8192)),
    ],
  ])('where %s', async (damage, harm) => {
    const spare = path.join(base, 'spare');
    await copyDirectory(prepared, spare);
    await harm(path.join(prepared, 'data'));
    const server = await start({ dataDirectory: path.join(base, damage.replaceAll(' ', '-')), schema });
    await rm(prepared, { recursive: true });
    await rename(spare, prepared);
    expect(server.log()).toContain('the prepared database is not used');
    expect(await schemaTables(server)).toBe(0);
    expect(await query(server.postgres.adminConnectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('preparing', () => {
  test('leaves no password and nothing in the directory for temporary files', async () => {
    const names = readdirSync(prepared, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => /password|credential|secret|postmaster/.test(name))).toEqual([]);
    expect(readdirSync(os.tmpdir()).filter((name) => name.startsWith('authly-prepare-'))).toEqual([]);
  });

  test('is done once, makes a damaged one anew, and removes those of other versions', async () => {
    const made = statSync(prepared).birthtimeMs;
    expect(await installation.prepare()).toBe(prepared);
    expect(statSync(prepared).birthtimeMs).toBe(made);

    const older = prepared.replace(/cluster-\d+\.\d+/, 'cluster-16.1');
    await mkdir(path.join(older, 'data'), { recursive: true });
    await rm(path.join(prepared, 'data/PG_VERSION'));
    expect(await installation.prepare()).toBe(prepared);
    expect(readdirSync(path.dirname(prepared))).toEqual([path.basename(prepared)]);
    expect(await readFile(path.join(prepared, 'data/PG_VERSION'), 'utf8')).toBe('17\n');
  });

  test.runIf(isRoot)('fails without traces where it may not write', async () => {
    const spare = path.join(base, 'spare');
    await rename(prepared, spare);
    await expect(installation.prepare(nobody)).rejects.toThrow(/EACCES/);
    expect(readdirSync(path.dirname(prepared))).toEqual([]);
    expect(readdirSync(os.tmpdir()).filter((name) => name.startsWith('authly-prepare-'))).toEqual([]);
    await rename(spare, prepared);
  });
});

/** All that initdb and we decide; only what names a place is left out. */
const WHAT_MAKES_A_CLUSTER = [
  `select name, setting, source from pg_settings
   where name not in ('data_directory', 'config_file', 'hba_file', 'ident_file', 'unix_socket_directories') order by 1`,
  'select type, database, user_name, address, netmask, auth_method, options from pg_hba_file_rules order by rule_number',
  `select oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
          rolconnlimit, rolvaliduntil, left(rolpassword, 18) as kind from pg_authid order by 1`,
  `select oid, datname, datdba, encoding, datlocprovider, datistemplate, datallowconn, datconnlimit, dattablespace, datcollate,
          datctype, datlocale, datcollversion, datacl from pg_database order by 1`,
  'select * from pg_control_init()',
  'select oid, spcname, spcacl from pg_tablespace order by 1',
  'select extname, extversion from pg_extension order by 1',
];

async function start(options: Parameters<Installation['start']>[0]): Promise<RunningServer> {
  const server = await installation.start(options);
  running.push(server);
  return server;
}

async function schemaTables({ postgres }: RunningServer): Promise<number> {
  const [row] = await query<{ count: string }>(
    postgres.connectionString,
    `select count(*) from pg_tables where schemaname = 'public'`,
  );
  return Number(row?.count);
}

function unfinished(dataDirectory: string): readonly string[] {
  const names = existsSync(dataDirectory) ? readdirSync(dataDirectory) : [];
  return names.filter((name) => name.startsWith('postgres.initdb-')).map((name) => path.join(dataDirectory, name));
}

/** Which modes and owners there are, of files and of directories. */
function modesBelow(directory: string): readonly string[] {
  const names = ['', ...readdirSync(directory, { recursive: true, encoding: 'utf8' })];
  const stats = names.map((name) => statSync(path.join(directory, name)));
  return [
    ...new Set(stats.map((one) => `${one.isFile()} ${(one.mode & 0o777).toString(8)} ${one.uid} ${one.gid}`)),
  ].toSorted();
}

function largestFile(directory: string): string {
  const files = readdirSync(directory).map((name) => path.join(directory, name));
  return files.toSorted((left, right) => statSync(right).size - statSync(left).size)[0] ?? directory;
}
