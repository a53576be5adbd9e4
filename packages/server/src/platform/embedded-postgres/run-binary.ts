/** Running one of PostgreSQL's programs to its end, and the surroundings that each of them gets. */

import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError, explainOutput } from './failure.js';
import { spawnAs, type Account } from './place/account.js';

export interface BinaryRun {
  readonly binaries: Binaries;
  readonly account: Account;
  readonly program: 'initdb' | 'postgres';
  readonly args: readonly string[];
  /** The directory that an error message names. */
  readonly directory: string;
  readonly input?: string;
  /** Called when the program runs, which takes a while: time for other work. */
  readonly onRunning?: (() => void) | undefined;
}

/** @throws EmbeddedPostgresError with what the program printed when it fails. */
export async function runBinary(run: BinaryRun): Promise<void> {
  const child = spawn(programPath(run.binaries, run.program), run.args, {
    ...spawnAs(run.account),
    cwd: '/',
    env: environment(run.binaries),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output = (output + chunk).slice(-20_000);
  });
  // A program that gives up early closes its input; its exit code says so better than a broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(run.input ?? '');
  child.once('spawn', () => run.onRunning?.());
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(explainSpawnError(error, run.program)));
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw explainOutput(run.program, output, run.directory);
  }
}

export function programPath(binaries: Binaries, program: 'initdb' | 'postgres'): string {
  return path.join(binaries.root, 'bin', program);
}

/** Nothing of our own environment goes along: it may hold secrets, and PG* variables would change what the programs do. */
export function environment(binaries: Binaries): Record<string, string> {
  const libraries = path.join(binaries.root, 'lib');
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    LD_LIBRARY_PATH: libraries,
    DYLD_LIBRARY_PATH: libraries,
  };
}

/** The kernel reports a missing program loader (Alpine has another C library) exactly like a missing program. */
export function explainSpawnError(error: Error, program: string): EmbeddedPostgresError {
  const code = (error as NodeJS.ErrnoException).code;
  const hint =
    code === 'ENOENT'
      ? 'The programs need the GNU C library; on Alpine and other musl systems set DATABASE_URL to use another PostgreSQL.'
      : 'Check that the disk with the programs is not mounted with the option noexec.';
  return new EmbeddedPostgresError(
    'binaries-missing',
    `${program} could not be run (${code ?? error.message}). ${hint}`,
    {
      cause: error,
    },
  );
}
