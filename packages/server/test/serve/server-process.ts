/** The built server as a process of its own, as an operator runs it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const ENTRY = new URL('../../dist/index.js', import.meta.url).href;

let built: Promise<void> | undefined;

/** Processes need JavaScript: the build that is published, brought up to date. Whether it type-checks is for other gates. */
export function build(): Promise<void> {
  built ??= compile();
  return built;
}

async function compile(): Promise<void> {
  const tsc = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url));
  const compiling = spawn(process.execPath, [tsc, '-b', 'packages/server'], { cwd: ROOT, stdio: 'ignore' });
  await once(compiling, 'close');
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
  const url = `http://127.0.0.1:${port}`;
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
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
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
