import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selfSigned } from '../../packages/server/test/platform/self-signed.js';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { removeFolder } from '../../packages/server/test/support/remove-folder.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { type AuthlyProcess, installation, startAuthly } from '../support/authly-process.js';

const FOLDER = fileURLToPath(new URL('../../deploy/reverse-proxy/', import.meta.url));
const run = promisify(execFile);
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
const has = (program: string): Promise<boolean> =>
  run(program, [program === 'nginx' ? '-v' : 'version'], { env }).then(
    () => true,
    () => false,
  );

describe.skipIf(!(await has('nginx')))('nginx before two servers (needs nginx)', () => {
  let database: TestDatabase;
  let servers: readonly AuthlyProcess[];
  let folder: string;
  let nginx: ReturnType<typeof spawn>;
  let port: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'authly-nginx-'));
    // Its workers run under an account of their own where this is root.
    await chmod(folder, 0o755);
    const settings = {
      ...installation(database.url),
      AUTHLY_ISSUER: 'https://localhost',
      AUTHLY_TRUSTED_PROXIES: '127.0.0.1',
      ACCESS_LOG: 'true',
    };
    servers = [await startAuthly(settings), await startAuthly(settings)];
    port = await freePort();
    const { key, cert } = selfSigned();
    await writeFile(join(folder, 'key.pem'), key);
    await writeFile(join(folder, 'certificate.pem'), cert);
    const place = (text: string): string =>
      text
        .replace('authly-1:8000', `127.0.0.1:${servers[0]?.port}`)
        .replace('authly-2:8000', `127.0.0.1:${servers[1]?.port}`)
        .replaceAll('/etc/nginx/tls', folder)
        .replaceAll('/etc/nginx/authly-proxy.conf', join(folder, 'nginx-proxy.conf'))
        .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
        .replace('listen 80;', `listen unix:${join(folder, 'plain')};`);
    await writeFile(join(folder, 'nginx-proxy.conf'), await readFile(join(FOLDER, 'nginx-proxy.conf'), 'utf8'));
    const site = place(await readFile(join(FOLDER, 'nginx.conf'), 'utf8'));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (each) => `${each}_temp_path ${join(folder, each)};`,
    );
    await writeFile(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'log')}; events {} http { access_log off; ${temporary.join(' ')} ${site} }`,
    );
    nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf')], { stdio: 'ignore', env });
    await vi.waitFor(async () => expect((await ask('/health')).status).toBe(200), { timeout: 10_000 });
  });
  afterAll(async () => {
    const ended = new Promise((done) => nginx?.once('exit', done));
    nginx?.kill('SIGTERM');
    await Promise.all([ended, ...(servers ?? []).map((server) => server.end())]);
    await database?.drop();
    await removeFolder(folder);
  });

  function ask(
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ readonly status: number | undefined; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, headers, rejectUnauthorized: false }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode, body }));
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  it('serves pages and discovery, with the issuer that the server has', async () => {
    expect((await ask('/login')).body).toContain('id="login-form"');
    expect((await ask('/.well-known/openid-configuration')).body).toContain('"issuer":"https://localhost"');
  });

  it.each([
    '/admin',
    '/admin/clients',
    '/admin/health',
    '/metrics',
    '//admin/clients',
    '/./admin/clients',
    '/%61dmin/clients',
    '/x/../metrics',
  ])('leads nobody to %s', async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body).not.toMatch(/authly_|admin-api/);
  });

  it('tells the servers the address that it saw, whatever the caller says of itself', async () => {
    await ask('/health', { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' });
    const said = (): string => servers.map((server) => server.output()).join('');
    await expect.poll(said).toContain('"path":"/health"');
    expect(said()).not.toContain('203.0.113.7');
  });

  it('asks the other server while one is gone', async () => {
    await servers[0]?.end('SIGKILL');
    for (let n = 0; n < 6; n += 1) expect((await ask('/health')).status).toBe(200);
  });
});

it('the files of Caddy are what Caddy understands (needs caddy)', async (test) => {
  if (!(await has('caddy'))) return test.skip('there is no caddy on this machine');
  const { stdout, stderr } = await run(
    'caddy',
    ['validate', '--adapter', 'caddyfile', '--config', join(FOLDER, 'Caddyfile')],
    { env },
  );
  expect(stdout + stderr).toContain('Valid configuration');
});
