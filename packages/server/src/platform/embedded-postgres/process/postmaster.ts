/** The running PostgreSQL: started in a session of its own, its messages in our log, stopped without losing anything. */

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Binaries } from '../binaries.js';
import { explainOutput, type EmbeddedPostgresError } from '../failure.js';
import type { EmbeddedPostgresLogger } from '../logger.js';
import { spawnAs, type Account } from '../place/account.js';
import { environment, explainSpawnError, programPath } from '../run-binary.js';
import { startWatchdog } from './watchdog.js';

export interface Postmaster {
  readonly pid: number | undefined;
  /** Resolves when PostgreSQL says that it accepts connections. */
  readonly ready: Promise<void>;
  /** Resolves when PostgreSQL has ended, with the reason as far as it printed one. */
  readonly exited: Promise<EmbeddedPostgresError>;
  /** Resolves when PostgreSQL is gone: a fast shutdown, and after 30 s an immediate one. */
  stop(): Promise<void>;
}

export interface PostmasterStart {
  readonly binaries: Binaries;
  readonly account: Account;
  readonly cluster: string;
  /** Command-line arguments, `-c name=value`. */
  readonly settings: readonly string[];
  /** Directories that disappear together with PostgreSQL. */
  readonly scratch: readonly string[];
  readonly logger: EmbeddedPostgresLogger;
  readonly onRunning?: (() => void) | undefined;
}

export function startPostmaster(start: PostmasterStart): Postmaster {
  const watchdog = startWatchdog(start);
  const program = programPath(start.binaries, 'postgres');
  const child = spawn('/bin/sh', ['-c', LAUNCHER, 'authly-postgres', program, '-D', start.cluster, ...start.settings], {
    ...spawnAs(start.account),
    cwd: '/',
    detached: true,
    env: environment(start.binaries),
    stdio: ['ignore', 'ignore', 'pipe', watchdog.lifeline],
  });
  child.once('spawn', () => start.onRunning?.());
  const { ready, exited } = watch(child, start);
  // A program that is done may end without stopping us; the watchdog then does it.
  child.unref();
  (child.stderr as { unref?: () => void } | null)?.unref?.();
  return {
    pid: child.pid,
    ready,
    exited,
    stop: async () => {
      await shutDown(child, exited);
      watchdog.dismiss();
    },
  };
}

/**
 * Tells the watchdog whom to watch and becomes PostgreSQL. Were the pid told by us, a kill between the two would leave a
 * PostgreSQL of which the watchdog never heard; so the pipe stays open until the pid is in it.
 */
const LAUNCHER = 'echo $$ >&3; exec "$@" 3>&-';

function watch(child: ChildProcess, start: PostmasterStart): Pick<Postmaster, 'ready' | 'exited'> {
  const output: string[] = [];
  const ready = new Promise<void>((resolve) => {
    if (child.stderr === null) {
      return;
    }
    createInterface({ input: child.stderr }).on('line', (line) => {
      output.push(line);
      output.splice(0, output.length - 50);
      logLine(line, start.logger);
      if (line.includes('ready to accept connections')) {
        resolve();
      }
    });
  });
  const exited = new Promise<EmbeddedPostgresError>((resolve) => {
    child.once('error', (error) => resolve(explainSpawnError(error, 'postgres')));
    child.once('close', (code) => {
      const text = output.join('\n');
      // The shell's words for a program that cannot be run.
      const isNoProgram = code === 126 || code === 127;
      resolve(
        isNoProgram ? explainSpawnError(new Error(text), 'postgres') : explainOutput('postgres', text, start.cluster),
      );
    });
  });
  return { ready, exited };
}

/** FATAL ends one session, whose client is told; what concerns the whole server is a panic or a killed process. */
function logLine(line: string, logger: EmbeddedPostgresLogger): void {
  const isGrave = /^PANIC:|was terminated by signal|crash of another server process/.test(line);
  logger[isGrave ? 'error' : 'debug']({ postgres: true }, line);
}

async function shutDown(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  const steps = [
    { signal: 'SIGINT', patience: 30_000 },
    { signal: 'SIGQUIT', patience: 5_000 },
    { signal: 'SIGKILL', patience: 5_000 },
  ] as const;
  // While we wait for the end, the wait must keep this process alive.
  child.ref();
  for (const { signal, patience } of steps) {
    child.kill(signal);
    if (await endsWithin(exited, patience)) {
      return;
    }
  }
}

async function endsWithin(exited: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const isGone = await Promise.race([exited.then(() => true), timeout]);
  clearTimeout(timer);
  return isGone;
}
