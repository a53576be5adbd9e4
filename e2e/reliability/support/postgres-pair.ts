import { type ChildProcess, spawn } from 'node:child_process';
import { chown, cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { findPackage, prepareBinaries } from '../../../packages/server/src/platform/embedded-postgres/binaries.js';
import { chooseAccount, spawnAs } from '../../../packages/server/src/platform/embedded-postgres/place/account.js';
import { makeTemporaryDirectory } from '../../../packages/server/src/platform/embedded-postgres/place/endpoint.js';
import {
  environment,
  programPath,
  runBinary,
} from '../../../packages/server/src/platform/embedded-postgres/run-binary.js';
import { removeFolder } from '../../../packages/server/test/support/remove-folder.js';
import { freePort } from '../../../packages/server/test/support/settings.js';

/** A PostgreSQL and its standby, which has each commit before it is answered. */
export interface PostgresPair {
  /** Both, as Authly is told of them. */
  readonly url: string;
  /** As a machine that loses power. */
  killPrimary(): Promise<void>;
  promoteStandby(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgresPair(): Promise<PostgresPair> {
  const account = chooseAccount([]);
  const binaries = await prepareBinaries(findPackage(), account);
  const home = await makeTemporaryDirectory('authly-pair-', account);
  const [primary, standby] = [join(home, 'primary'), join(home, 'standby')];
  const ports = [await freePort(), await freePort()] as const;
  await runBinary({
    binaries,
    account,
    program: 'initdb',
    directory: primary,
    // The loopback address of this machine, for the time of a test.
    args: ['-D', primary, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
  });
  await cp(primary, standby, { recursive: true, preserveTimestamps: true });
  const url = (index: 0 | 1, database: string): string => `postgresql://postgres@127.0.0.1:${ports[index]}/${database}`;
  const start = (cluster: string, port: number, more: readonly string[]): ChildProcess => {
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `unix_socket_directories=${home}`,
      'max_connections=100',
      'shared_buffers=32MB',
      'fsync=off',
      'jit=off',
      ...more,
    ];
    const words = ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])];
    const options = { ...spawnAs(account), cwd: '/', env: environment(binaries), stdio: 'ignore' } as const;
    return spawn(programPath(binaries, 'postgres'), words, options);
  };
  // The copy of a cluster that never ran is a standby at its very beginning.
  await writeFile(join(standby, 'standby.signal'), '');
  for (const path of await filesOf(standby)) await chown(path, account.uid, account.gid);
  const first = start(primary, ports[0], ['synchronous_standby_names=*']);
  await answers(url(0, 'postgres'));
  const second = start(standby, ports[1], [`primary_conninfo=host=127.0.0.1 port=${ports[0]} user=postgres`]);
  await answers(url(1, 'postgres'));
  await run(url(0, 'postgres'), `create role authly login`);
  await run(url(0, 'postgres'), `create database authly owner authly`);
  return {
    url: `postgresql://authly@127.0.0.1:${ports[0]},127.0.0.1:${ports[1]}/authly?sslmode=disable`,
    killPrimary: () => end(first, 'SIGKILL'),
    async promoteStandby() {
      await run(url(1, 'postgres'), 'select pg_promote()');
    },
    async stop() {
      await Promise.all([end(first, 'SIGQUIT'), end(second, 'SIGQUIT')]);
      await removeFolder(home);
    },
  };
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return [folder, ...names.map((name) => join(folder, name))];
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  await ended;
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function answers(url: string): Promise<void> {
  const until = Date.now() + 30_000;
  for (;;) {
    const failure = await run(url, 'select 1').then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return;
    if (Date.now() > until) throw failure;
    await new Promise((done) => setTimeout(done, 50));
  }
}
