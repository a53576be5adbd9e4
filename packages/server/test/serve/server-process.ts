/** The server as it is published, bundled from the sources as they are now, as a process of its own. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { isAlive } from '../../src/platform/embedded-postgres/process/identity.ts';
import { removeFolder } from '../support/remove-folder.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const DIST = join(ROOT, 'packages/server/dist');
// Beside the bundle that a build makes: it looks for its migrations from there.
const BUNDLE = join(DIST, `test-${process.pid}`);
const ENTRY = pathToFileURL(join(BUNDLE, 'index.js')).href;

let built: Promise<void> | undefined;

/** Processes need JavaScript: once a test process, in a folder of its own, gone with the process. */
export function build(): Promise<void> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<void> {
  process.once('exit', () => rmSync(BUNDLE, { recursive: true, force: true }));
  await removeLeftovers();
  await promisify(execFile)(process.execPath, [join(ROOT, 'tools/bundle/server.mjs'), `--outdir=${BUNDLE}`]);
}

/** A test process that was killed could not remove its own. */
async function removeLeftovers(): Promise<void> {
  const names = await readdir(DIST).catch(() => []);
  for (const name of names) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await rm(join(DIST, name), { recursive: true, force: true });
  }
}

/** For polls: processes take their time on a machine that does other things as well. */
export const PATIENCE = { timeout: 30_000, interval: 50 } as const;

export interface ServerProcess {
  readonly process: ChildProcess;
  readonly url: string;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Waits for the first healthy answer. */
  healthy(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const running = new Set<ServerProcess>();

export async function startServer(
  options: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const port = typeof options['port'] === 'number' ? options['port'] : await freePort();
  const script = `const { serve } = await import(${JSON.stringify(ENTRY)}); await serve(JSON.parse(process.argv[1]));`;
  const child = run(script, { port, ...options }, environment);
  const url = `http://localhost:${port}`;
  const server: ServerProcess = {
    ...child,
    url,
    async healthy() {
      for (;;) {
        if (await isHealthy(url)) return;
        const early = await Promise.race([child.ended, new Promise<undefined>((go) => setTimeout(go, 25))]);
        if (early !== undefined)
          throw new Error(`the server ended with ${early}:\n${child.stdout()}\n${child.stderr()}`);
      }
    },
    stop(signal = 'SIGTERM') {
      child.process.kill(signal);
      return child.ended;
    },
  };
  running.add(server);
  void child.ended.finally(() => running.delete(server));
  return server;
}

/** Runs `migrate` to its end. */
export async function runMigrate(
  options: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | NodeJS.Signals; readonly stdout: string; readonly stderr: string }> {
  const script = `const { migrate } = await import(${JSON.stringify(ENTRY)}); process.exitCode = await migrate(JSON.parse(process.argv[1]));`;
  const child = run(script, options, environment);
  const code = await child.ended;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

/** For afterEach: no test leaves a process behind. */
export async function stopAll(): Promise<void> {
  const servers = [...running];
  for (const server of servers) server.process.kill('SIGTERM');
  const late = setTimeout(() => servers.forEach((server) => server.process.kill('SIGKILL')), 15_000);
  await Promise.all(servers.map((server) => server.ended));
  clearTimeout(late);
}

export async function temporaryHome(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'authly-serve-'));
  return { path, remove: () => removeFolder(path) };
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function run(script: string, options: object, environment: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(options)], {
    cwd: tmpdir(),
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return { process: child, ended, stdout: () => stdout, stderr: () => stderr };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).status === 200;
  } catch {
    return false;
  }
}
