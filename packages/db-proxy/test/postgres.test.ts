import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeHttp } from './suites/http.ts';
import { openSetting, type Setting, SLOTS } from './support/setting.ts';

const AUTHLY = fileURLToPath(new URL('../../cli/bin/authly.cjs', import.meta.url));

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting();
});
afterAll(() => setting?.stop());

const login: Setting['login'] = (...given) => setting.login(...given);
const tryAs: Setting['tryAs'] = (...given) => setting.tryAs(...given);

describeHttp(() => setting);

async function psql(token: string, ...commands: readonly string[]): Promise<{ code: number | null; output: string }> {
  const given = commands.flatMap((command) => ['-c', command]);
  const child = spawn(
    'psql',
    ['-X', '-At', '-h', '127.0.0.1', '-p', String(setting.proxy.port), '-U', 'token', setting.name, ...given],
    {
      env: { ...process.env, PGPASSWORD: token },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

describe('login with a token as the password', () => {
  it('lets psql in, and shows it the tables', async () => {
    expect(await psql(setting.reader, 'select 1', 'select owner from shop.orders', '\\d shop.orders')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^1\nnobody\n/),
    });
  });

  it('takes an empty statement, several statements, and parameters', async () => {
    const connected = await login(setting.reader);
    await connected.query('');
    await connected.query('begin; select 1; commit');
    expect((await connected.query('select $1::int + 1 as sum', [41])).rows).toEqual([{ sum: 42 }]);
    await connected.end();
  });

  it('takes the name of the token, and no other', async () => {
    await (await login(setting.reader, { user: setting.alice.user.username })).end();
    await expect(login(setting.reader, { user: 'somebody' })).rejects.toMatchObject({ code: '28P01' });
  });

  it('refuses what is no token, was cut, or has no scope of databases', async () => {
    const scopeless = await setting.token(['openid']);
    await expect(login('nonsense')).rejects.toMatchObject({ code: '28P01' });
    await expect(login('eyJhbGciOiJSUzI1NiJ9.eyJz')).rejects.toThrow('the token was cut: 25 characters arrived');
    await expect(login(scopeless)).rejects.toMatchObject({ code: '28000' });
  });

  it('refuses start-up options that are not a session’s to choose', async () => {
    await expect(login(setting.reader, { options: '-c role=authly_writer' })).rejects.toMatchObject({ code: '42501' });
    await expect(login(setting.reader, { options: '-c authly.context=x' })).rejects.toMatchObject({ code: '42501' });
  });

  it('writes no token into its log', () => {
    expect(setting.lines.join('\n')).toContain('"event":"login"');
    for (const token of [setting.reader, setting.writer]) expect(setting.lines.join('\n')).not.toContain(token);
  });
});

describe('the guard', () => {
  it.each([
    'set role none',
    'discard all',
    'select pg_advisory_unlock_all(); close all; unlisten *; reset all',
    "select set_config('TimeZone', 'UTC', false)",
    "set application_name = 'x'; set search_path to shop; set statement_timeout = 0; set timezone to 'UTC'",
    'explain analyze select * from shop.orders',
    'prepare p as select 1; execute p; deallocate p',
    'select now(), random(), version(), current_schema()',
  ])('lets a reader say: %s', async (sql) => {
    expect(await tryAs(setting.reader, sql)).toBeUndefined();
  });

  it.each([
    'insert into shop.orders values (2)',
    'with gone as (delete from shop.orders returning *) select * from gone',
    'select * from shop.orders for update',
    'select * into temp kept from shop.orders',
    'create temp table kept (id int)',
    'copy shop.orders from stdin',
    "copy shop.orders to '/orders.csv'",
    "copy shop.orders to program 'cat'",
    'explain analyze delete from shop.orders',
    'prepare p as delete from shop.orders',
    'set role authly_writer',
    'set session authorization authly_w_01',
    "select set_config('role', 'authly_writer', false)",
    "select set_config('role.x'::char(4), 'authly_writer', false)",
    "select set_config('ro' || 'le', 'authly_writer', false)",
    "set authly.context = 'x'",
    'set "Authly.Context" = \'x\'',
    'set standard_conforming_strings = off',
    "set client_encoding = 'SJIS'",
    "alter role current_user password 'mine'",
    'do $$ begin end $$',
    'call shop.erase()',
    'select shop.erase()',
    'select pg_sleep(1)',
    "select query_to_xml('select 1', true, true, '')",
    "select lo_from_bytea(0, 'x')",
    "select pg_notify('channel', 'x')",
    'listen channel',
    'select pg_advisory_lock(1)',
    'select pg_terminate_backend(1)',
    "select nextval('s')",
    'select 1; /* hidden */ drop table shop.orders',
    'select U&"pg\\005fsleep"(1)',
    'select "pg_sleep"(1)',
    "load 'plpgsql'",
    "prepare transaction 'x'",
  ])('refuses a reader: %s', async (sql) => {
    expect(await tryAs(setting.reader, sql)).toBe('42501');
  });

  it('refuses a writer what is beyond reading and writing', async () => {
    expect(
      await tryAs(setting.writer, 'insert into shop.orders values (10); delete from shop.orders where id = 10'),
    ).toBeUndefined();
    for (const sql of [
      'drop table shop.orders',
      'truncate shop.orders',
      'grant select on shop.orders to public',
      "update pg_catalog.pg_settings set setting = 'off' where name = 'standard_conforming_strings'",
      "alter role current_user set search_path = 'x'",
    ])
      expect(await tryAs(setting.writer, sql)).toBe('42501');
  });

  it('leaves the state of a transaction to the server when it refuses', async () => {
    const connected = await login(setting.reader);
    await connected.query('begin');
    await expect(connected.query('drop table shop.orders')).rejects.toThrow('DROP is refused behind the proxy');
    await expect(connected.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await connected.query('rollback');
    await expect(connected.query('delete from shop.orders where id = $1', [1])).rejects.toMatchObject({
      code: '42501',
    });
    expect((await connected.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await connected.end();
  });

  it('lets nobody see what setup did not name', async () => {
    expect(await tryAs(setting.writer, 'select * from public.users')).toBe('42501');
  });

  it('is not the only fence: the role of a reader may not write', async () => {
    expect(await setting.asOwner("select has_table_privilege('authly_r_01', 'shop.orders', 'insert') as may")).toEqual([
      { may: false },
    ]);
  });
});

describe('identity inside the database', () => {
  it('says who is calling, and outlasts RESET ALL and DISCARD ALL', async () => {
    const connected = await login(setting.reader);
    const question =
      "select authly.user_id() as id, authly.username() as name, authly.has_scope('database:read') as reads, authly.has_scope('x') as x";
    const expected = [{ id: setting.alice.user.id, name: setting.alice.user.username, reads: true, x: false }];
    expect((await connected.query(question)).rows).toEqual(expected);
    await connected.query('reset all');
    await connected.query('discard all');
    expect((await connected.query(question)).rows).toEqual(expected);
    await connected.end();
  });

  it('is nobody’s where the seal was made for another role', async () => {
    const connected = await login(setting.reader);
    const [{ context }] = (await connected.query("select current_setting('authly.context') as context")).rows as [
      { context: string },
    ];
    await connected.end();
    const owner = new Client({ connectionString: setting.database.url });
    await owner.connect();
    await owner.query("select set_config('authly.context', $1, false)", [context]);
    expect((await owner.query('select authly.user_id() as id')).rows).toEqual([{ id: null }]);
    await owner.end();
  });

  it('gives no two callers one role', async () => {
    const bob = await setting.authly.given.user({ isAdmin: true });
    const other = await setting.token(['database:read'], bob);
    const sessions = await Promise.all([login(setting.reader), login(setting.reader), login(other)]);
    const roles = await Promise.all(
      sessions.map(async (one) => (await one.query('select session_user as role')).rows[0].role),
    );
    expect(roles[0]).toBe(roles[1]);
    expect(roles[0]).not.toBe(roles[2]);
    await Promise.all(sessions.map((one) => one.end()));
  });
});

describe('a token that is revoked', () => {
  it('ends its connections with 57P01', async () => {
    const token = await setting.token(['database:read']);
    const connected = await login(token);
    const ended = new Promise<{ code?: string }>((resolve) => connected.once('error', resolve));
    await setting.revoke(token);
    expect((await ended).code).toBe('57P01');
    await expect(login(token)).rejects.toMatchObject({ code: '28P01' });
  });
});

describe('the command', () => {
  it('sets up and serves as it is built, and ends with SIGTERM', async () => {
    const env = {
      ...process.env,
      AUTHLY_URL: setting.authly.url,
      DATABASE_URL: setting.database.url,
      AUTHLY_PROXY_CLIENT_ID: setting.client.clientId,
      AUTHLY_PROXY_CLIENT_SECRET: setting.client.secret,
      AUTHLY_PROXY_SECRET: setting.secret,
    };
    const run = (...words: readonly string[]) => spawn(process.execPath, [AUTHLY, 'proxy', ...words], { env });
    const setup = run('setup', '--schema', 'shop', '--slots', String(SLOTS));
    expect(await new Promise((resolve) => setup.once('close', resolve))).toBe(0);

    const command = run('postgres', '--slots', String(SLOTS), '--port', '0');
    const ended = new Promise((resolve) => command.once('close', resolve));
    const port = await new Promise<number>((resolve, reject) => {
      let said = '';
      for (const stream of [command.stdout, command.stderr])
        stream.on('data', (part: Buffer) => {
          said += part.toString();
          const found = /listens on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
          if (found !== undefined) resolve(Number(found));
        });
      void ended.then(() => reject(new Error(`the proxy ended: ${said}`)));
    });
    const connected = await login(setting.reader, { port });
    expect((await connected.query('select authly.user_id() as id')).rows).toEqual([{ id: setting.alice.user.id }]);
    await connected.end();
    command.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('says in words that the database is away, and that half a certificate is none', async () => {
    const env = {
      ...process.env,
      AUTHLY_PROXY_SECRET: setting.secret,
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    };
    const say = async (...words: readonly string[]): Promise<string> => {
      const command = spawn(process.execPath, [AUTHLY, 'proxy', ...words], { env });
      let said = '';
      command.stderr.on('data', (part: Buffer) => (said += part.toString()));
      expect(await new Promise((resolve) => command.once('close', resolve))).toBe(1);
      return said;
    };
    expect(await say('setup')).toContain('The database of DATABASE_URL cannot be used: connect ECONNREFUSED');
    expect(await say('postgres', '--tls-cert', '/nowhere.pem')).toContain('--tls-cert is given without --tls-key');
  });
});
