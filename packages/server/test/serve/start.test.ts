import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { build, PATIENCE, freePort, startServer, stopAll, temporaryHome } from './server-process.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;

beforeAll(build, 300_000);
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(async () => {
  await stopAll();
  await home.remove();
});

interface Tokens {
  readonly access_token: string;
}

async function token(url: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(form);
  const response = await fetch(`${url}/api/v1/oauth/token`, { method: 'POST', body, headers });
  return { status: response.status, ...((await response.json()) as Tokens) };
}

/** The list of common passwords is a file of its own in the bundle. */
async function register(url: string, password: string): Promise<number> {
  const body = JSON.stringify({ username: `someone_${password.length}`, email: 'someone@example.org', password });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}/api/v1/users`, { method: 'POST', headers, body })).status;
}

async function keyIds(url: string): Promise<string[]> {
  const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
  return keys.map((key) => key.kid);
}

describe('the first five minutes', () => {
  test('an embedded server with seeds shows where it is, how to sign in, and a curl line that returns a token', async () => {
    const server = await startServer({ embedded: true, ephemeral: true, seed: true }, { AUTHLY_HOME: home.path });
    await server.healthy();
    await expect.poll(() => server.stdout(), PATIENCE).toContain('Stop it with Ctrl-C');
    const shown = server.stdout();
    expect(shown).toContain(`is running at ${server.url}`);
    expect(shown).toContain('admin / Test123!');
    expect(shown).toContain('user1 / Test123!');
    const curl = /^ {2}(curl .*)$/m.exec(shown)?.[1] ?? '';
    const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
    expect(JSON.parse(stdout)).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read write' });
    expect(await token(server.url, { grant_type: 'password', username: 'user1', password: 'Test123!' })).toMatchObject({
      status: 200,
    });
    const registered = await Promise.all(
      ['password123', 'blue lamp over river'].map((password) => register(server.url, password)),
    );
    expect(registered).toEqual([400, 201]);
    expect(await server.stop()).toBe(0);
    expect(server.stderr()).not.toMatch(/WARN|ERROR/);
  });

  test('a second start finds its keys, its secrets and its accounts again', async () => {
    // The same port, because the issuer of an embedded server follows from it.
    const options = { embedded: true, seed: true, port: await freePort() };
    const environment = { AUTHLY_HOME: home.path };
    const first = await startServer(options, environment);
    await first.healthy();
    await expect.poll(() => first.stdout(), PATIENCE).toContain('Stop it with Ctrl-C');
    const keys = await keyIds(first.url);
    const curl = /-u (demo:\S+)/.exec(first.stdout())?.[1];
    const { access_token } = await token(first.url, {
      grant_type: 'password',
      username: 'admin',
      password: 'Test123!',
      scope: 'openid',
    });
    expect(await first.stop()).toBe(0);
    expect((await stat(join(home.path, 'data', 'secrets.json'))).mode & 0o777).toBe(0o600);

    const second = await startServer(options, environment);
    await second.healthy();
    await expect.poll(() => second.stdout(), PATIENCE).toContain('Stop it with Ctrl-C');
    expect(await keyIds(second.url)).toEqual(keys);
    expect(/-u (demo:\S+)/.exec(second.stdout())?.[1]).toBe(curl);
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await fetch(`${second.url}/oidc/userinfo`, { headers })).status).toBe(200);
  });

  test('without seeds the administrator gets a password of their own, shown once, that works', async () => {
    const environment = { AUTHLY_HOME: home.path };
    const first = await startServer({ embedded: true }, environment);
    await first.healthy();
    await expect.poll(() => first.stdout(), PATIENCE).toContain('Stop it with Ctrl-C');
    const password = / admin \/ (\S+)/.exec(first.stdout())?.[1] ?? '';
    expect(password).toMatch(/^(?:\w{5}\.){3}\w{5}$/);
    expect(await token(first.url, { grant_type: 'password', username: 'admin', password })).toMatchObject({
      status: 200,
    });
    expect(first.stdout()).toContain(`--data-urlencode 'password=${password}'`);
    expect(first.stderr()).not.toContain(password);
    await first.stop();

    const second = await startServer({ embedded: true }, environment);
    await second.healthy();
    await expect.poll(() => second.stdout(), PATIENCE).toContain('Stop it with Ctrl-C');
    expect(second.stdout()).not.toContain('admin /');
    expect(await token(second.url, { grant_type: 'password', username: 'admin', password })).toMatchObject({
      status: 200,
    });
  });

  test('known passwords stay on this machine, whatever HOST says, unless --host says otherwise', async () => {
    const environment = { AUTHLY_HOME: home.path, HOST: '0.0.0.0' };
    const server = await startServer({ embedded: true, ephemeral: true, seed: true }, environment);
    await server.healthy();
    const { stdout } = await promisify(execFile)('sh', ['-c', `cat /proc/net/tcp /proc/net/tcp6`]);
    const port = Number(new URL(server.url).port).toString(16).toUpperCase().padStart(4, '0');
    expect(stdout).toContain(`0100007F:${port}`);
    expect(stdout).not.toContain(` 00000000:${port}`);
  });

  test('for programs there are JSON lines on standard output, and the password once beside them', async () => {
    const environment = { AUTHLY_HOME: home.path, LOG_JSON: 'true' };
    const server = await startServer({ embedded: true, ephemeral: true }, environment);
    await server.healthy();
    await expect.poll(() => server.stdout(), PATIENCE).toContain('"msg":"listening"');
    const password = /not shown again:\n {2}(\S+)/.exec(server.stderr())?.[1] ?? '';
    expect(password).not.toBe('');
    const answer = await token(server.url, { grant_type: 'password', username: 'admin', password });
    expect(answer.status).toBe(200);
    expect(await server.stop()).toBe(0);
    const lines = server.stdout().trim().split('\n');
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('msg');
    expect(server.stdout()).not.toContain(password);
    expect(server.stdout()).not.toContain(answer.access_token);
  });
});

describe('a start that cannot be', () => {
  test('a port in use is named, with what to do, before anything else is started', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    const server = await startServer({ embedded: true, port }, { AUTHLY_HOME: home.path });
    expect(await server.ended).toBe(1);
    other.close();
    expect(server.stderr().trim().split('\n').slice(0, 3)).toEqual([
      `authly: Authly cannot listen on 127.0.0.1 port ${port}.`,
      '  Another program listens there; perhaps Authly is running already.',
      `  Stop it, or choose another port: authly serve --port ${port + 1}`,
    ]);
    await expect(stat(join(home.path, 'data'))).rejects.toThrow('ENOENT');
  });

  test('a second server on the same data says who has it', async () => {
    const first = await startServer({ embedded: true }, { AUTHLY_HOME: home.path });
    await first.healthy();
    const second = await startServer({ embedded: true }, { AUTHLY_HOME: home.path });
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toMatch(/^authly: .*data/);
    expect((await fetch(`${first.url}/health`)).status).toBe(200);
  });

  test('everything that is wrong with the configuration is said at once, in lines that can be read', async () => {
    const config = join(home.path, 'authly.toml');
    await writeFile(config, 'prot = 8000\n');
    const server = await startServer(
      { config },
      { AUTHLY_HOME: home.path, JWT_SECRET_KEY: 'my-secret', AUTHLY_WORKERS: 'all' },
    );
    expect(await server.ended).toBe(1);
    const said = server.stderr();
    for (const part of [
      'prot',
      'DATABASE_URL',
      'AUTHLY_ISSUER',
      'JWT_SECRET_KEY',
      'JWT_REFRESH_SECRET_KEY',
      'AUTHLY_WORKERS',
    ]) {
      expect(said).toContain(part);
    }
    expect(said).not.toMatch(/my-secret"|at .*\.js:\d+/);
  });

  test('a host that is not of this machine is named', async () => {
    const server = await startServer({ embedded: true, host: '192.0.2.1' }, { AUTHLY_HOME: home.path });
    expect(await server.ended).toBe(1);
    expect(server.stderr()).toContain('192.0.2.1 is not an address of this machine.');
  });

  test('seeds are refused in production', async () => {
    const server = await startServer(
      { seed: true },
      {
        AUTHLY_HOME: home.path,
        DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
        AUTHLY_ISSUER: 'https://login.example',
        JWT_SECRET_KEY: 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
        JWT_REFRESH_SECRET_KEY: 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
      },
    );
    expect(await server.ended).toBe(1);
    expect(server.stderr()).toContain('--seed creates accounts with known passwords');
  });

  test('a database that is not there is said so, without its password', async () => {
    const server = await startServer(
      {},
      {
        AUTHLY_HOME: home.path,
        DATABASE_URL: 'postgresql://authly:s3cretpassw0rd@127.0.0.1:1/authly',
        AUTHLY_ISSUER: 'https://login.example',
        JWT_SECRET_KEY: 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
        JWT_REFRESH_SECRET_KEY: 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
      },
    );
    expect(await server.ended).toBe(1);
    expect(server.stderr()).toContain('the database cannot be reached');
    expect(server.stdout() + server.stderr()).not.toContain('s3cretpassw0rd');
  });

  test('secrets that were damaged are not replaced behind the back of the database', async () => {
    const first = await startServer({ embedded: true }, { AUTHLY_HOME: home.path });
    await first.healthy();
    await first.stop();
    const path = join(home.path, 'data', 'secrets.json');
    const kept = await readFile(path, 'utf8');
    await writeFile(path, '{"jwt_secret_key":');
    const second = await startServer({ embedded: true }, { AUTHLY_HOME: home.path });
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toContain('secrets.json');
    expect(await readFile(path, 'utf8')).toBe('{"jwt_secret_key":');

    await writeFile(path, kept.replace(/"jwt_secret_key": "./, '"jwt_secret_key": "_'));
    const third = await startServer({ embedded: true }, { AUTHLY_HOME: home.path });
    expect(await third.ended).toBe(1);
    expect(third.stderr()).toContain('sealed with another JWT_SECRET_KEY');
  });
});
