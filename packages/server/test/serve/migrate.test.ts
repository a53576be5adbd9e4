import { Client } from 'pg';
import { afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { build, runMigrate, temporaryHome } from './server-process.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
let name: string;
let url: string;

beforeAll(build, 300_000);
beforeEach(async () => {
  home = await temporaryHome();
  name = `empty_${Math.trunc(performance.now() * 1000)}_${process.pid}`;
  await administer(`create database ${name}`);
  const address = new URL(inject('databaseUrl'));
  address.pathname = `/${name}`;
  url = address.href;
});
afterEach(async () => {
  await administer(`drop database if exists ${name} with (force)`);
  await home.remove();
});

async function administer(statement: string): Promise<void> {
  const address = new URL(inject('databaseUrl'));
  address.pathname = '/postgres';
  const client = new Client({ connectionString: address.href });
  await client.connect();
  await client.query(statement);
  await client.end();
}

test('check says what is missing and changes nothing, and migrate applies it once', async () => {
  const environment = { AUTHLY_HOME: home.path, DATABASE_URL: url };
  const before = await runMigrate({ check: true }, environment);
  expect(before).toMatchObject({ code: 1, stderr: '' });
  expect(before.stdout).toContain('missing 0001_base.sql');
  expect(await runMigrate({ check: true }, environment)).toEqual(before);

  const first = await runMigrate({}, environment);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain('applied 0001_base.sql');
  expect(await runMigrate({}, environment)).toMatchObject({ code: 0, stdout: 'The schema is up to date.\n' });
  expect(await runMigrate({ check: true }, environment)).toMatchObject({ code: 0 });
});

test('four at once apply every migration exactly once', async () => {
  const runs = await Promise.all(
    Array.from({ length: 4 }, () => runMigrate({ databaseUrl: url }, { AUTHLY_HOME: home.path })),
  );
  expect(runs.map((run) => run.code)).toEqual([0, 0, 0, 0]);
  expect(runs.filter((run) => run.stdout.includes('applied 0001_base.sql'))).toHaveLength(1);
});

test('without a database it says what to set', async () => {
  const { code, stderr } = await runMigrate({}, { AUTHLY_HOME: home.path });
  expect(code).toBe(1);
  expect(stderr).toContain('DATABASE_URL is not set');
});

test('a database that cannot be reached is said so, without its password', async () => {
  const databaseUrl = 'postgresql://authly:s3cretpassw0rd@127.0.0.1:1/authly';
  const { code, stdout, stderr } = await runMigrate({ databaseUrl }, { AUTHLY_HOME: home.path });
  expect(code).toBe(1);
  expect(stderr).toContain('the database cannot be reached');
  expect(stdout + stderr).not.toContain('s3cretpassw0rd');
});
