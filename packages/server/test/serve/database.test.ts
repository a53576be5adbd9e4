/** A database whose settings, role, pooler or encoding are unusual: Authly fits itself to it, or says at the start what to change. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { build, freePort, PATIENCE, runMigrate, startServer, stopAll } from './server-process.ts';
import '../support/scratch.ts';

const PASSWORD = 'a password for these tests 1A';
const cleanups: (() => Promise<unknown>)[] = [];
const name = `fit_${randomBytes(5).toString('hex')}`;
const role = `${name}_other`;

beforeAll(build, 300_000);
beforeEach(async () => {
  await administer(`create database ${name}`, `create role ${role} login password 'other'`);
});
afterEach(async () => {
  await stopAll();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await administer(`drop database if exists ${name} with (force)`, `drop role if exists ${role}`);
});
afterAll(stopAll);

describe('settings of the database or the role', () => {
  test('change nothing: dates, times, encodings and isolation are what the driver reads and the statements need', async () => {
    await administer(
      ...[
        `datestyle = 'German'`,
        `timezone = 'Asia/Kathmandu'`,
        `client_encoding = 'LATIN1'`,
        `intervalstyle = 'sql_standard'`,
        `standard_conforming_strings = off`,
        `bytea_output = 'escape'`,
        `transform_null_equals = on`,
        `default_transaction_isolation = 'serializable'`,
        `default_transaction_deferrable = on`,
        `statement_timeout = '50ms'`,
        `lock_timeout = '1ms'`,
      ].map((setting) => `alter database ${name} set ${setting}`),
    );
    const { url, stop } = await start({ DATABASE_URL: urlOf() });
    const token = await signIn(url);
    const users = await fetch(`${url}/admin/users`, { headers: { authorization: `Bearer ${token}` } });
    expect(users.status).toBe(200);
    const [admin] = ((await users.json()) as { users: { created_at: string }[] }).users;
    expect(Math.abs(Date.parse(admin?.created_at ?? '') - Date.now())).toBeLessThan(600_000);
    await stop();
  });
});

describe('a database that cannot be used is refused in one sentence with its remedy', () => {
  test('when the role may not create tables', async () => {
    expect(await refusal(urlOf(role, 'other'))).toBe(
      `authly: the role "${role}" may not create tables in schema "public" of "${name}". ` +
        `Run: GRANT CREATE, USAGE ON SCHEMA "public" TO "${role}"; or make it the owner.\n`,
    );
  });

  test('when no schema of the search path is there', async () => {
    expect(await refusal(`${urlOf()}?options=-csearch_path%3Dauth`)).toMatch(
      new RegExp(
        `^authly: none of the schemas in the search_path of "\\w+" \\(auth\\) is there in "${name}".* Run: CREATE SCHEMA auth`,
      ),
    );
  });

  test('when it is read-only', async () => {
    await administer(`alter database ${name} set default_transaction_read_only = on`);
    expect(await refusal(urlOf())).toContain('may only read');
  });

  test('when its encoding has no room for names', async () => {
    await administer(
      `drop database ${name}`,
      `create database ${name} encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' locale_provider 'libc' template template0`,
    );
    expect(await refusal(urlOf())).toContain(`the database "${name}" has the encoding SQL_ASCII`);
  });

  test('when the password, the role or the database is another', async () => {
    expect(await refusal(urlOf(role, 'wrong'))).toContain('Check the user and the password in DATABASE_URL.');
    expect(await refusal(urlOf().replace(name, `${name}_none`))).toContain('Make it with CREATE DATABASE');
  });

  test('when it has no encryption and the connection string demands it, or asks for one that does not exist', async () => {
    expect(await refusal(`${urlOf()}?sslmode=require`)).toContain('The server does not support SSL connections');
    expect(await refusal(`${urlOf()}?sslmode=on`)).toContain('sslmode=on is none of disable, allow, prefer');
  });
});

test('without encryption there, sslmode=prefer goes on without it, and no warning of the driver gets into the log', async () => {
  const { server, stop } = await start({ DATABASE_URL: `${urlOf()}?sslmode=prefer`, PGSSLMODE: 'verify-full' });
  await stop();
  expect(server.stderr()).toBe('');
  for (const line of server.stdout().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 'info' });
});

test('a role that may only work with the tables runs a server whose schema another role made', async () => {
  expect(await runMigrate({ databaseUrl: urlOf() })).toMatchObject({ code: 0 });
  await inDatabase(
    `grant usage on schema public to ${role}`,
    `grant select, insert, update, delete, truncate on all tables in schema public to ${role}`,
    `grant usage on all sequences in schema public to ${role}`,
    `grant execute on all functions in schema public to ${role}`,
  );
  expect(await runMigrate({ check: true, databaseUrl: urlOf(role, 'other') })).toMatchObject({ code: 0 });
  expect(await runMigrate({ databaseUrl: urlOf(role, 'other') })).toMatchObject({
    code: 0,
    stdout: 'The schema is up to date.\n',
  });
});

describe('behind PgBouncer', () => {
  test('in session mode everything is as without it', async () => {
    const pooled = await startPgBouncer('session');
    const { url, stop } = await start({ DATABASE_URL: pooled });
    await signIn(url);
    await stop();
  });

  test('in transaction mode a start says what to set', async () => {
    expect(await refusal(await startPgBouncer('transaction'))).toContain(
      'DATABASE_URL leads to a pooler in transaction mode, which forgets prepared statements and notifications. Set AUTHLY_DATABASE_POOLER_MODE=transaction',
    );
  });

  test('in transaction mode, told so, requests side by side are answered', async () => {
    const { url, stop } = await start({
      DATABASE_URL: await startPgBouncer('transaction'),
      AUTHLY_DATABASE_POOLER_MODE: 'transaction',
      AUTHLY_DATABASE_DIRECT_URL: urlOf(),
    });
    const token = await signIn(url);
    const headers = { authorization: `Bearer ${token}` };
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          fetch(`${url}${index % 2 === 0 ? '/admin/users' : '/oidc/userinfo'}`, { headers }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    }
    await stop();
  });
});

/** The server in the mode of tests, over the network as in production. */
async function start(environment: Record<string, string>) {
  const server = await startServer({}, { ...SETTINGS, ...environment });
  await server.healthy();
  await expect.poll(() => server.stdout(), PATIENCE).toContain('"msg":"listening"');
  return { server, url: server.url, stop: async () => expect(await server.stop()).toBe(0) };
}

async function refusal(databaseUrl: string): Promise<string> {
  const server = await startServer({}, { ...SETTINGS, DATABASE_URL: databaseUrl });
  expect(await server.ended).toBe(1);
  expect(server.stdout()).toBe('');
  return server.stderr();
}

const SETTINGS = {
  AUTHLY_MODE: 'testing',
  JWT_SECRET_KEY: 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
  JWT_REFRESH_SECRET_KEY: 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
  AUTHLY_ADMIN_PASSWORD: PASSWORD,
  AUTHLY_PASSWORD_GRANT_ENABLED: 'true',
  LOG_JSON: 'true',
};

async function signIn(url: string): Promise<string> {
  const form = { grant_type: 'password', username: 'admin', password: PASSWORD, scope: 'openid admin:users:read' };
  const body = new URLSearchParams(form);
  const response = await fetch(`${url}/api/v1/oauth/token`, { method: 'POST', body });
  const answer = (await response.json()) as { access_token: string };
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer.access_token;
}

/** A pooler of five sessions in front of the database; answers its connection string. */
async function startPgBouncer(mode: 'session' | 'transaction'): Promise<string> {
  const port = await freePort();
  const database = new URL(inject('databaseUrl'));
  const directory = await mkdtemp(join(tmpdir(), 'pgb-'));
  chmodSync(directory, 0o755);
  const file = join(directory, 'pgbouncer.ini');
  const server = `host=${decodeURIComponent(database.hostname)} port=${database.port || '5432'} user=${database.username} password=${decodeURIComponent(database.password)}`;
  writeFileSync(
    file,
    `[databases]\n* = ${server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\n` +
      `pool_mode = ${mode}\ndefault_pool_size = ${mode === 'session' ? 30 : 5}\n`,
    { mode: 0o644 },
  );
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const pooler = spawn('pgbouncer', [...user, file], {
    stdio: 'ignore',
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
  });
  const ended = new Promise((resolve) => pooler.once('exit', resolve));
  cleanups.push(() => {
    pooler.kill('SIGKILL');
    return ended;
  });
  await expect.poll(() => isOpen(port), PATIENCE).toBe(true);
  return `postgresql://anyone@127.0.0.1:${port}/${name}`;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function urlOf(user?: string, password?: string): string {
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  if (user !== undefined) Object.assign(url, { username: user, password });
  return url.href;
}

async function administer(...statements: string[]): Promise<void> {
  const url = new URL(inject('databaseUrl'));
  url.pathname = '/postgres';
  await runAt(url.href, statements);
}

async function inDatabase(...statements: string[]): Promise<void> {
  await runAt(urlOf(), statements);
}

async function runAt(connectionString: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
