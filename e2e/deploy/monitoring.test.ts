import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { removeFolder } from '../../packages/server/test/support/remove-folder.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { type RedisServer, startRedisServer } from '../../packages/server/test/storage/servers/redis-server.js';
import { type AuthlyProcess, ADMIN_PASSWORD, installation, startAuthly } from '../support/authly-process.js';

const FOLDER = fileURLToPath(new URL('../../deploy/monitoring/', import.meta.url));
const run = promisify(execFile);
const hasPrometheus = await run('prometheus', ['--version']).then(
  () => true,
  () => false,
);

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

async function panels(): Promise<readonly Panel[]> {
  const text = await readFile(join(FOLDER, 'grafana/authly-overview.json'), 'utf8');
  return (JSON.parse(text) as { readonly panels: readonly Panel[] }).panels;
}

describe.skipIf(!hasPrometheus)('the monitoring files (needs prometheus)', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let authly: AuthlyProcess;
  let folder: string;
  let prometheus: ReturnType<typeof spawn>;
  let url: string;

  beforeAll(async () => {
    [database, redis, folder] = await Promise.all([
      createTestDatabase(),
      startRedisServer(),
      mkdtemp(join(tmpdir(), 'authly-prometheus-')),
    ]);
    authly = await startAuthly({ ...installation(database.url), AUTHLY_REDIS_URL: redis.url });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(FOLDER, 'rules.yml')],
      scrape_configs: [{ job_name: 'authly', static_configs: [{ targets: [`127.0.0.1:${authly.port}`] }] }],
    };
    // JSON is YAML.
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const words = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    prometheus = spawn('prometheus', words, { stdio: 'ignore' });
  });
  afterAll(async () => {
    const ended = new Promise((done) => prometheus?.once('exit', done));
    prometheus?.kill();
    await Promise.all([ended, authly?.end()]);
    await Promise.all([database?.drop(), redis?.remove(), removeFolder(folder)]);
  });

  it('have rules that promtool takes, and alerts that fire when they should', async () => {
    expect((await run('promtool', ['check', 'rules', join(FOLDER, 'rules.yml')])).stdout).toContain('SUCCESS');
    await run('promtool', ['check', 'config', '--syntax-only', join(FOLDER, 'prometheus.yml')]);
    expect((await run('promtool', ['test', 'rules', join(FOLDER, 'rules.test.yml')])).stdout).toContain('SUCCESS');
  });

  it('show data in every panel of the dashboard while the server has something to do', async () => {
    const login = (password: string): Promise<Response> =>
      fetch(`${authly.url}/api/v1/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'password', username: 'admin', password, scope: 'openid' }),
      });
    const query = async (expression: string): Promise<number> => {
      const answer = await fetch(
        `${url}/api/v1/query?query=${encodeURIComponent(expression.replaceAll('$__rate_interval', '1m'))}`,
      );
      const { data } = (await answer.json()) as {
        readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
      };
      return data.result.filter(({ value }) => value[1] !== 'NaN').length;
    };
    for (const { title, targets } of await panels()) {
      for (const { expr } of targets) {
        await expect
          .poll(
            async () => {
              await login(ADMIN_PASSWORD);
              return query(expr).catch(() => 0);
            },
            { timeout: 60_000, interval: 300, message: `${title}: ${expr}` },
          )
          .toBeGreaterThan(0);
      }
    }
  });
});
