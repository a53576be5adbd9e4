/** Under which account PostgreSQL runs, and that it reaches its programs and its data from there. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { install, makeDirectory, removeDirectory, type Installation, type RunningServer } from './installation.ts';
import { countRows, gone, query, writeRows } from './watching.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? { uid: NOBODY, gid: NOBODY } : undefined;

describe('an ordinary user', () => {
  let base: string;
  let installation: Installation;

  beforeAll(async () => {
    base = await makeDirectory();
    installation = await install(base, { package: 'bare' });
    if (asNobody) {
      await chown(base, asNobody.uid, asNobody.gid);
    }
  });
  afterAll(() => removeDirectory(base));

  test('starts it from a package that npm installed without scripts, on data that only they can enter', async () => {
    const env = { HOME: base, XDG_CACHE_HOME: path.join(base, 'cache') };
    const dataDirectory = path.join(base, '.authly/data');
    const first = await installation.start({ dataDirectory, as: asNobody, env });
    expect(uidOf(first.postgres.pid)).toBe(uidOf(first.pid));
    expect(uidOf(first.postgres.pid)).not.toBe(0);
    expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
    await writeRows(first.postgres.connectionString);
    await first.stop();

    const [copy = ''] = readdirSync(path.join(base, 'cache/authly'));
    expect(copy).toMatch(/^postgres-17\./);
    const made = statSync(path.join(base, 'cache/authly', copy)).birthtimeMs;
    const second = await installation.start({ dataDirectory, as: asNobody, env });
    expect(await countRows(second.postgres.connectionString)).toBe(1000);
    await second.stop();
    expect(readdirSync(path.join(base, 'cache/authly'))).toEqual([copy]);
    expect(statSync(path.join(base, 'cache/authly', copy)).birthtimeMs).toBe(made);
  });

  test('is told when the data directory is not theirs', async () => {
    const dataDirectory = path.join(base, 'closed');
    await mkdir(dataDirectory, { mode: 0o500 });
    await chmod(dataDirectory, 0o500);
    const failure = await installation.startFails({ dataDirectory, as: asNobody, env: { HOME: base } });
    expect(failure.fault).toBe('permission');
    expect(failure.message).toContain(dataDirectory);
    expect(failure.message).toContain('choose another data directory');
  });
});

describe.runIf(isRoot)('root', () => {
  let closed: string;
  let open: string;
  let installation: Installation;
  const servers: RunningServer[] = [];
  const relocated = new Set<string>();

  beforeAll(async () => {
    [closed, open] = [await makeDirectory(0o700), await makeDirectory()];
    installation = await install(closed, { package: 'bare' });
  });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));
  afterAll(async () => {
    await Promise.all([closed, open, ...relocated].map(removeDirectory));
  });

  test('runs it as an account without privileges, which cannot be root', async () => {
    const server = await start({ dataDirectory: path.join(open, 'data') });
    expect(server.postgres.account).toMatch(/^(authly|nobody)$/);
    expect(uidOf(server.postgres.pid)).toBe(statSync(server.postgres.dataDirectory).uid);
    expect(uidOf(server.postgres.pid)).not.toBe(0);
    expect(groupsOf(server.postgres.pid)).toEqual([]);
    expect(server.postgres.dataDirectory).toBe(path.join(open, 'data/postgres'));
    expect(statSync(path.join(open, 'data/postgres-credentials.json')).uid).toBe(0);
  });

  test('finds the data again when it lies under a home that is closed to that account', async () => {
    const dataDirectory = path.join(closed, '.authly/data');
    relocated.add(reachable(dataDirectory));
    const first = await start({ dataDirectory });
    expect(first.postgres.dataDirectory).toBe(path.join(reachable(dataDirectory), 'postgres'));
    expect(await readlink(path.join(dataDirectory, 'postgres'))).toBe(first.postgres.dataDirectory);
    expect(first.log()).toContain(`its data is kept in ${first.postgres.dataDirectory}`);
    await writeRows(first.postgres.connectionString);
    await first.kill();
    await gone(first.postgres.pid);

    const second = await start({ dataDirectory });
    expect(second.postgres.firstStart).toBe(false);
    expect(await countRows(second.postgres.connectionString)).toBe(1000);
  });

  test('a second server under the same closed home is told who has the data', async () => {
    const dataDirectory = path.join(closed, 'two');
    relocated.add(reachable(dataDirectory));
    const first = await start({ dataDirectory });
    const failure = await installation.startFails({ dataDirectory });
    expect(failure.message).toContain(`pid ${first.pid}`);
  });

  test('begins anew when its data directory was deleted, and keeps the old data aside', async () => {
    const dataDirectory = path.join(closed, 'deleted');
    const home = reachable(dataDirectory);
    relocated.add(home);
    const first = await start({ dataDirectory });
    await writeRows(first.postgres.connectionString);
    await stop(first);
    await rm(dataDirectory, { recursive: true });

    const second = await start({ dataDirectory });
    expect(second.postgres.firstStart).toBe(true);
    await expect(countRows(second.postgres.connectionString)).rejects.toThrow('does not exist');
    const [aside = ''] = readdirSync(path.dirname(home)).filter((name) => name.startsWith(`${path.basename(home)}.`));
    relocated.add(path.join(path.dirname(home), aside));
    expect(existsSync(path.join(path.dirname(home), aside, 'postgres/PG_VERSION'))).toBe(true);
    expect(second.log()).toContain(`was moved to ${path.join(path.dirname(home), aside)}`);
  });

  test('does not take the data directory away from a server that still runs on it', async () => {
    const dataDirectory = path.join(closed, 'deleted-under-it');
    relocated.add(reachable(dataDirectory));
    const first = await start({ dataDirectory });
    await rm(dataDirectory, { recursive: true });
    const failure = await installation.startFails({ dataDirectory });
    expect(failure.message).toContain(`pid ${first.pid}`);
    expect(await query(first.postgres.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is told when the data behind the link is gone, instead of getting an empty database', async () => {
    const dataDirectory = path.join(closed, 'lost');
    relocated.add(reachable(dataDirectory));
    await stop(await start({ dataDirectory }));
    await removeDirectory(reachable(dataDirectory));
    const failure = await installation.startFails({ dataDirectory });
    expect(failure.fault).toBe('data-missing');
    expect(failure.message).toContain(path.join(dataDirectory, 'postgres'));
    expect(lstatSync(path.join(dataDirectory, 'postgres')).isSymbolicLink()).toBe(true);
  });

  test('uses the programs from a copy that only root can change', async () => {
    const server = await start({ ephemeral: true });
    const program = readFileSync(`/proc/${server.postgres.pid}/cmdline`, 'utf8').split('\0')[0] ?? '';
    expect(program.startsWith(closed)).toBe(false);
    const stats = statSync(program);
    expect(stats.uid).toBe(0);
    expect(stats.mode & 0o022).toBe(0);
  });

  test('runs it as the owner of a data directory that belongs to a user', async () => {
    const dataDirectory = path.join(open, 'of-a-user');
    await mkdir(dataDirectory, { mode: 0o700 });
    const daemon = 1;
    await chown(dataDirectory, daemon, daemon);
    const server = await start({ dataDirectory });
    expect(uidOf(server.postgres.pid)).toBe(daemon);
    await stop(server);
    const again = await start({ dataDirectory });
    expect(again.postgres.firstStart).toBe(false);
  });

  test('gets the space of a full disk explained', async () => {
    const mount = path.join(open, 'small');
    await mkdir(mount);
    const script = `mount -t tmpfs -o size=8m,mode=755 none "$1" && exec "$2" "$3" "$4"`;
    const server = path.join(closed, 'server.mjs');
    const options = JSON.stringify({ dataDirectory: mount });
    const output = await inOwnMountSpace(script, [mount, process.execPath, server, options]);
    expect(output).toContain('"fault":"disk-full"');
    expect(output).toContain('Free some space');
    expect(output).toContain(mount);
  });

  async function start(options: Parameters<Installation['start']>[0]): Promise<RunningServer> {
    const server = await installation.start(options);
    servers.push(server);
    return server;
  }

  async function stop(server: RunningServer): Promise<void> {
    servers.splice(servers.indexOf(server), 1);
    await server.stop();
  }
});

/** Where root keeps the data of a directory that is closed to PostgreSQL's account. */
function reachable(dataDirectory: string): string {
  return path.join('/var/lib/authly', createHash('sha256').update(dataDirectory).digest('hex').slice(0, 12));
}

function uidOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function groupsOf(pid: number): readonly string[] {
  const groups = /^Groups:[ \t]*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  return groups.split(' ').filter((group) => group !== '');
}

/** Mounts that the script makes are seen by it alone and vanish with it. */
function inOwnMountSpace(script: string, args: readonly string[]): Promise<string> {
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}
