import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCli } from '../../packages/cli/test/support/cli.js';
import { ADMIN_PASSWORD, logIn } from '../../packages/cli/test/support/server.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type FaultyDoor, openFaultyDoor } from './support/faulty-door.js';
import { openRefreshLog, type RefreshLog } from './support/refresh-log.js';

/** The admin command as people have it, twenty times at once, when its token has come to its end and the network fails. */

const ALL = 20;
const LIST = ['admin', 'client', 'list', '--output', 'json'];
const cli = createCli();
const home = join(cli.home, '.authly');
let server: TestServer;
let door: FaultyDoor;
let log: RefreshLog;

beforeAll(async () => {
  door = await openFaultyDoor();
  server = await startServer({
    settings: { issuer: door.url, 'bootstrap.admin_password': ADMIN_PASSWORD, 'bootstrap.dev_mode': true },
  });
  door.leadTo(server.url);
  cli.env['AUTHLY_API_URL'] = door.url;
  log = await openRefreshLog(server.databaseUrl);
});
beforeEach(async () => {
  // The newest login is the one that is looked at.
  server.clock.advance(1);
  await logIn(cli);
  growOld();
});
afterAll(async () => {
  await log?.close();
  await server?.stop();
  await door?.close();
});

describe('authly admin client list, twenty times at once with an expired token', () => {
  // @rule 2.5
  it('makes one rotation', async () => {
    await expectSuccesses(await outcomes(launch()), ALL);
  });

  // @rule 2.6
  it('goes on when one of them is killed with the only copy of the new token', async () => {
    door.fail('silent');
    const before = door.answers();
    const started = launch();
    await until(() => door.answers() > before);
    process.kill(lockHolder(), 'SIGKILL');
    const ended = await outcomes(started);
    expect(ended.filter(({ code }) => code === null)).toHaveLength(1);
    await expectSuccesses(
      ended.filter(({ code }) => code !== null),
      ALL - 1,
    );
  });

  // @rule 2.8
  it('goes on when the answer is lost after the rotation was stored', async () => {
    door.fail('lost');
    await expectSuccesses(await outcomes(launch()), ALL);
  });

  async function expectSuccesses(ended: readonly Outcome[], count: number): Promise<void> {
    expect(ended.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(Array(count).fill('0 '));
    for (const { stdout } of ended) expect(JSON.parse(stdout)).toHaveProperty('clients');
    expect([await log.rotations(), await log.thefts(), await log.isRevoked()]).toEqual([1, 0, false]);
    growOld();
    expect((await cli.run(LIST)).code).toBe(0);
    expect(await log.rotations()).toBe(2);
  }
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function launch(): readonly Promise<Outcome>[] {
  return Array.from({ length: ALL }, () => {
    const child = spawn(cli.bin, LIST, { env: cli.env, cwd: cli.home, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    return new Promise<Outcome>((resolve) => child.once('close', (code) => resolve({ code, ...output })));
  });
}

function outcomes(started: readonly Promise<Outcome>[]): Promise<readonly Outcome[]> {
  return Promise.all(started);
}

/** The times are in clear beside the encrypted tokens. */
function growOld(): void {
  const path = join(home, 'tokens.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as { records: Record<string, Record<string, unknown>> };
  for (const record of Object.values(file.records)) {
    record['expires_at'] = new Date(Date.now() - 1_000).toISOString();
    record['refresh_after'] = new Date(Date.now() - 900_000).toISOString();
  }
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
}

function lockHolder(): number {
  const locks = join(home, 'locks');
  const name = readdirSync(locks).find((file) => file.endsWith('.lock') && file !== 'file.lock');
  if (name === undefined) throw new Error('nobody holds the lock');
  return (JSON.parse(readFileSync(join(locks, name), 'utf8')) as { pid: number }).pid;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
