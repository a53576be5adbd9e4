import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../src/ports/store/unavailable.ts';
import { migrate, pendingMigrations } from '../../src/storage/postgres/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { administer, createTestLogger, withConnection } from './servers/postgres.ts';

let neighbour: TestDatabase;
let connectionString: string;
let name: string;
let directory: string;
beforeEach(async () => {
  neighbour = await createTestDatabase();
  name = `empty_${randomBytes(6).toString('hex')}`;
  await administer(neighbour.url, `create database ${name}`);
  const url = new URL(neighbour.url);
  url.pathname = `/${name}`;
  connectionString = url.href;
  directory = await mkdtemp(join(tmpdir(), 'authly-migrations-'));
});
afterEach(async () => {
  await administer(neighbour.url, `drop database ${name} with (force)`);
  await neighbour.drop();
  await rm(directory, { recursive: true });
});

const folder = (): URL => pathToFileURL(`${directory}/`);

async function given(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text);
}

async function tables(): Promise<string[]> {
  return await withConnection(connectionString, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    return rows.map((row) => row.name);
  });
}

it('applies the migrations of the package, in order, and only once', async () => {
  const files = (await readdir(new URL('../../migrations/', import.meta.url))).toSorted();
  expect(await pendingMigrations({ connectionString })).toEqual(files);
  expect(await tables()).toEqual([]);
  expect(await migrate({ connectionString })).toEqual({ applied: files });
  expect(await pendingMigrations({ connectionString })).toEqual([]);
  expect(await migrate({ connectionString })).toEqual({ applied: [] });
});

it('applies each file once when several servers start at the same time', async () => {
  await given({ '0001_one.sql': 'create table one ()', '0002_two.sql': 'create table two (); create table three ();' });
  const answers = await Promise.all(Array.from({ length: 5 }, () => migrate({ connectionString, folder: folder() })));
  expect(answers.flatMap((answer) => answer.applied).toSorted()).toEqual(['0001_one.sql', '0002_two.sql']);
  expect(await tables()).toEqual(['authly_migrations', 'one', 'three', 'two']);
});

it('says what it applied', async () => {
  await given({ '0001_one.sql': 'create table one ()' });
  const logger = createTestLogger();
  await migrate({ connectionString, folder: folder(), logger });
  expect(logger.lines).toEqual(['migration applied']);
});

it('leaves nothing of a file that fails, and keeps those before it', async () => {
  await given({ '0001_one.sql': 'create table one ()', '0002_two.sql': 'create table two (); create table one ();' });
  await expect(migrate({ connectionString, folder: folder() })).rejects.toThrow('already exists');
  expect(await tables()).toEqual(['authly_migrations', 'one']);
  await given({ '0002_two.sql': 'create table two ();' });
  expect(await migrate({ connectionString, folder: folder() })).toEqual({ applied: ['0002_two.sql'] });
});

it('refuses a file that was edited after it was applied, and names it', async () => {
  await given({ '0001_one.sql': 'create table one ();\n' });
  await migrate({ connectionString, folder: folder() });
  await given({ '0001_one.sql': 'create table one (id text);\n' });
  await expect(migrate({ connectionString, folder: folder() })).rejects.toThrow('0001_one.sql was edited');
  await expect(pendingMigrations({ connectionString, folder: folder() })).rejects.toThrow('0001_one.sql was edited');
});

it('takes a file with other line ends for the same', async () => {
  await given({ '0001_one.sql': 'create table one (\n);\n' });
  await migrate({ connectionString, folder: folder() });
  await given({ '0001_one.sql': 'create table one (\r\n);\r\n' });
  expect(await migrate({ connectionString, folder: folder() })).toEqual({ applied: [] });
});

it('refuses a file that comes before one that is applied', async () => {
  await given({ '0002_two.sql': 'create table two ()' });
  await migrate({ connectionString, folder: folder() });
  await given({ '0001_one.sql': 'create table one ()' });
  await expect(migrate({ connectionString, folder: folder() })).rejects.toThrow(
    '0001_one.sql comes before 0002_two.sql',
  );
});

it('starts on a database that a newer version has migrated, and says so', async () => {
  await given({ '0001_one.sql': 'create table one ()', '0002_two.sql': 'create table two ()' });
  await migrate({ connectionString, folder: folder() });
  await rm(join(directory, '0002_two.sql'));
  const logger = createTestLogger();
  expect(await migrate({ connectionString, folder: folder(), logger })).toEqual({ applied: [] });
  expect(logger.lines).toEqual(['the database was migrated by a newer version']);
});

it('says that the database cannot be reached', async () => {
  const away = migrate({ connectionString: 'postgres://someone:secret@127.0.0.1:1/db', folder: folder() });
  await expect(away).rejects.toBeInstanceOf(DatabaseUnavailableError);
});

it('says what to do when the role may not add the extension that searches for users need', async () => {
  await administer(connectionString, `revoke create on database ${name} from public, current_user`);
  await expect(migrate({ connectionString })).rejects.toThrow(
    /an administrator of PostgreSQL run "create extension pg_trgm" in this database once, then start again/,
  );
  await administer(connectionString, `grant create on database ${name} to current_user; create extension pg_trgm`);
  await administer(connectionString, `revoke create on database ${name} from current_user`);
  expect((await migrate({ connectionString })).applied).toContain('0002_admin.sql');
});

it('goes on in the schema where it began, also when one that is named like the role came later', async () => {
  await given({ '0001_one.sql': 'create table one ()' });
  await migrate({ connectionString, folder: folder() });
  await administer(connectionString, 'create schema authorization current_user');
  await given({ '0002_two.sql': 'create table two ()' });
  await migrate({ connectionString, folder: folder() });
  expect(await tables()).toEqual(['authly_migrations', 'one', 'two']);
});
