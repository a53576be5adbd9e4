import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder } from '../../packages/server/test/support/remove-folder.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { type Container, callEngine, engine, exitCodeOf, IMAGES, sizeOf, startContainer } from './support/container.js';

/**
 * The document of the standalone image, as far as a machine can read it: each of its commands is run, and what it promises is looked for. The ports of
 * PostgreSQL and Valkey are what they are (5432, 6379), so nothing else may have them: `deploy/verify` runs this, the ordinary tests do not.
 */
describe.skipIf(engine === undefined)('the standalone image (needs deploy/verify)', () => {
  let container: Container;
  let url: string;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    url = `http://localhost:${port}`;
    container = await startContainer(IMAGES.standalone, { environment: place(port) });
    await container.becomesHealthy();
  });
  afterAll(async () => {
    await container?.remove();
  });

  const run = async (line: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await container.exec(['bash', '-c', line], input);
    expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
    return stdout + stderr;
  };
  const post = (path: string, form: Record<string, string>): Promise<Response> =>
    fetch(`${url}/api/v1/oauth${path}`, { method: 'POST', body: new URLSearchParams(form) });
  const json = async (answer: Promise<Response>): Promise<Record<string, unknown>> =>
    (await answer).json() as Promise<Record<string, unknown>>;
  const accessToken = async (scope: string): Promise<string> => {
    const answer = await json(post('/token', { grant_type: 'password', username: 'admin', password: 'admin', scope }));
    return String(answer['access_token']);
  };

  it('shows where everything is once it is ready, and a warning of the published secrets that cannot be missed', async () => {
    await expect.poll(() => container.logs()).toContain('openssl rand -base64 48\n!!!');
    const logs = await container.logs();
    for (const line of [
      '='.repeat(80),
      '🚀 All services are ready!',
      'Service URLs (from container):',
      `  • Authly API:        http://localhost:${port}`,
      '  • PostgreSQL:        postgresql://authly:authly@localhost:5432/authly',
      '  • KeyDB/Redis:       redis://localhost:6379',
      'Service URLs (from host - use these ports in docker run):',
      '  • PostgreSQL:        localhost:5432             (-p 5432:5432)',
      `Health check:          curl http://localhost:${port}/health`,
      `OpenAPI docs:          http://localhost:${port}/docs`,
      'INSECURE: THESE DEFAULTS ARE KNOWN TO EVERYBODY',
      'JWT_SECRET_KEY ',
      'AUTHLY_ADMIN_PASSWORD ',
    ])
      expect(logs).toContain(line);
  });

  it('greets in an interactive shell with the prompt authly>', async () => {
    const { stdout, stderr } = await container.exec(['bash', '-i'], 'alias\nexit\n');
    expect(stderr).toContain('authly> ');
    expect(stdout).toContain('run-end-to-end-test comprehensive');
    expect(stdout).toContain('INSECURE');
    expect(stdout).toContain('alias authly-status=');
  });

  it('has the command line, its manual, and the completion of both', async () => {
    expect(await run('authly --help')).toContain('serve');
    expect(await run('man authly | cat')).toContain('AUTHLY(1)');
    expect(await run('. /usr/share/bash-completion/completions/authly && complete -p authly')).toContain('authly');
  });

  it('leads psql and redis to its own databases, with short forms of the usual questions', async () => {
    expect(await run('psql -At -c "SELECT 1"')).toContain('1');
    const said = await run('psql', 'SELECT * FROM users;\n:tables\n:stats\n:users\n\\q\n');
    for (const word of ['oauth_clients', 'cache hits %', 'admin@localhost']) expect(said).toContain(word);
    expect(await run('redis PING')).toContain('PONG');
    expect(await run('redis', 'PING\nKEYS *\nINFO memory\nQUIT\n')).toContain('used_memory');
    expect(await run('echo PING | nc -q1 localhost 6379')).toContain('+PONG');
  });

  it('passes its own tests: 16 of the login flows, 9 modules from end to end', async () => {
    const flows = await run('simple-auth-flow', 'y\n');
    expect(flows).toContain('Do you want to create it? [y/N]');
    expect(flows).toContain('16/16 tests passed');
    const everything = await run('run-end-to-end-test comprehensive');
    expect(everything).toContain('9 passed, 0 failed, 2 skipped');
    expect(everything).toContain('🎉 All tests completed successfully!');
  });

  it('shows the machine, the network and the process', async () => {
    expect(await run('sysinfo')).toMatch(/postgres +up/);
    expect(await run('topmem')).toContain('authly serve');
    expect(await run('topcpu')).toContain('%CPU');
    expect(await run('dbcheck')).toMatch(/PostgreSQL 17[\s\S]*PING: PONG/);
    expect(await run(`whoisport ${port}`)).toContain('LISTEN');
    expect(await run('connection_count')).toContain('127.0.0.1');
    expect(await run('authly_errors')).toBeTruthy();
    expect(await run('inspector')).toMatch(/VmRSS[\s\S]*127\.0\.0\.1:5432/);
    expect(await run('netstat -antp')).toContain('5432');
    expect(await run('w')).toContain('load average');
    expect(
      await run(
        'for tool in htop tcpdump strace vim nano git less tree jq curl wget dig ss lsof; do which $tool; done',
      ),
    ).toBeTruthy();
    expect(await run('timeout 2 strace -c -p $(pgrep -o -u authly -f serve); true')).toContain('attached');
  });

  it('is administered from inside', async () => {
    const login = await run('authly admin auth login --username admin --password-stdin --show-token', 'admin\n');
    expect(login).toContain('eyJ');
    const created = await run(
      'authly admin client create --name "My App" --type public --redirect-uri "http://localhost:3000/callback"',
    );
    expect(created).toContain('client_');
    expect(await run('authly admin client list')).toContain('My App');
  });

  it('answers with tokens and introspection as the document shows, also for tokens signed by hand', async () => {
    const token = await accessToken('database:read database:write');
    expect(await json(post('/introspect', { token, token_type_hint: 'access_token' }))).toMatchObject({
      active: true,
      scope: 'database:read database:write',
      token_type: 'Bearer',
    });
    expect(await json(post('/introspect', { token: 'invalid.token.here' }))).toEqual({ active: false });
    const byHand = await new SignJWT({
      username: 'testuser',
      scope: 'openid database:read cache:write',
      jti: 'test-token-id',
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('test-user-id')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode('dev-standalone-insecure-key'));
    expect(await json(post('/introspect', { token: byHand }))).toMatchObject({ active: true, sub: 'test-user-id' });
  });

  it('is reached from outside with the passwords of the document, and never as the superuser', async () => {
    const ask = async (user: string, password: string): Promise<unknown> => {
      const client = new pg.Client({ host: '127.0.0.1', port: 5432, user, password, database: 'authly' });
      try {
        await client.connect();
        return (await client.query('select 1 as one')).rows[0];
      } finally {
        await client.end().catch(() => undefined);
      }
    };
    expect(await ask('authly', 'authly')).toEqual({ one: 1 });
    await expect(ask('authly', 'other')).rejects.toThrow('password authentication failed');
    await expect(ask('postgres', 'authly')).rejects.toThrow('pg_hba.conf rejects');
    expect(await sayToRedis('PING')).toContain('+PONG');
  });

  it('lets the administrator in again whom failed sign-ins have locked out', async () => {
    const attempt = (password: string): Promise<Response> =>
      post('/token', { grant_type: 'password', username: 'admin', password });
    for (let n = 0; n < 11; n += 1) await attempt('wrong');
    expect((await attempt('admin')).status).not.toBe(200);
    expect(await run('unlock-admin-account')).toContain('"admin" is unlocked');
    expect((await attempt('admin')).status).toBe(200);
  });

  it('counts in Valkey, and works on without it', async () => {
    await accessToken('openid');
    expect(await run("redis --scan --pattern 'authly:limit:*'")).toContain('authly:limit:');
    await run('s6-svc -wD -d /run/service/valkey');
    expect((await post('/token', { grant_type: 'password', username: 'admin', password: 'admin' })).status).toBe(200);
    await run('s6-svc -wU -u /run/service/valkey');
  });

  it.each(['authly', 'postgres', 'valkey'])(
    'brings %s back when it dies, and no token that was answered is lost',
    async (name) => {
      const token = await accessToken('openid');
      await run(`kill -9 $(s6-svstat -o pid /run/service/${name})`);
      await expect
        .poll(async () => (await json(post('/introspect', { token })).catch(() => ({ active: undefined }))).active, {
          timeout: 30_000,
        })
        .toBe(true);
      await expect
        .poll(
          async () =>
            (await container.exec(['bash', '-c', `s6-svstat -o up,ready /run/service/${name}`])).stdout.trim(),
          { timeout: 30_000 },
        )
        .toBe('true true');
    },
  );

  it('finishes what is under way when it is stopped, within ten seconds', async () => {
    let isStopping = false;
    const seen = new Set<number>();
    const load = Array.from({ length: 8 }, async () => {
      for (;;) {
        const answer = await post('/token', { grant_type: 'password', username: 'admin', password: 'admin' }).catch(
          () => undefined,
        );
        // Nobody listens any more: that is the end, and no request was cut off for it.
        if (answer === undefined && isStopping) return;
        if (answer !== undefined) {
          seen.add(answer.status);
          await answer.json();
        }
      }
    });
    await new Promise((done) => setImmediate(done));
    isStopping = true;
    expect(await container.stop()).toBeLessThan(10);
    await Promise.all(load);
    expect([...seen].filter((status) => status !== 200 && status !== 429 && status !== 503)).toEqual([]);
    expect(await exitCodeOf(container)).toBe(0);
  });

  it('keeps everything in the volume, which is saved and restored with tar', async () => {
    await container.remove();
    const folder = await mkdtemp(join(tmpdir(), 'authly-standalone-'));
    const start = async (volume: string): Promise<void> => {
      container = await startContainer(IMAGES.standalone, {
        environment: { ...place(port), ...SECRETS },
        volume: join(folder, volume),
      });
      await container.becomesHealthy();
    };
    try {
      await callEngine([
        'run',
        '--rm',
        '-v',
        `${folder}:/backup`,
        IMAGES.standalone,
        'mkdir',
        '/backup/first',
        '/backup/second',
      ]);
      await start('first');
      await run('authly admin auth login --username admin --password-stdin', `${SECRETS.AUTHLY_ADMIN_PASSWORD}\n`);
      await run('authly admin client create --name Kept --type public --redirect-uri http://localhost:3000/callback');
      expect(await container.logs()).not.toContain('INSECURE');
      await container.stop();
      await container.remove();
      const tar = (volume: string, words: string[]): Promise<unknown> =>
        callEngine([
          'run',
          '--rm',
          '-v',
          `${join(folder, volume)}:/data`,
          '-v',
          `${folder}:/backup`,
          IMAGES.standalone,
          'tar',
          ...words,
        ]);
      await tar('first', ['czf', '/backup/authly-backup.tar.gz', '/data']);
      await tar('second', ['xzf', '/backup/authly-backup.tar.gz', '-C', '/']);
      await start('second');
      await run('authly admin auth login --username admin --password-stdin', `${SECRETS.AUTHLY_ADMIN_PASSWORD}\n`);
      expect(await run('authly admin client list')).toContain('Kept');
    } finally {
      await container.remove();
      await removeFolder(folder);
    }
  });

  it('takes at most 450 MB with all tools', async () => {
    expect((await sizeOf(IMAGES.standalone)) / 1e6).toBeLessThan(450);
  });
});

function place(port: number): Record<string, string> {
  return {
    AUTHLY_PORT: String(port),
    AUTHLY_URL: `http://localhost:${port}`,
    AUTHLY_API_URL: `http://localhost:${port}`,
  };
}

const SECRETS = {
  JWT_SECRET_KEY: randomBytes(48).toString('base64'),
  JWT_REFRESH_SECRET_KEY: randomBytes(48).toString('base64'),
  AUTHLY_ADMIN_PASSWORD: 'a-long-Admin-passw0rd-for-tests!',
  DATABASE_URL: 'postgresql://authly:another%20one@localhost:5432/authly',
  REDIS_URL: 'redis://:a%2Fsecret@localhost:6379',
};

function sayToRedis(word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(6379, '127.0.0.1', () => socket.write(`${word}\r\n`));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.once('error', reject);
  });
}
