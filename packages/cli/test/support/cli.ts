import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { bundledCommand } from './bundle.js';
import { captured } from './streams.js';
import { removeFolder } from '../../../server/test/support/remove-folder.js';

/** The built command, with a home of its own: in a process of its own, or, where a test only arranges or looks something up, without. */

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly took: number;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Standard input; nothing at all, as from /dev/null, without it. */
  readonly stdin?: string;
  readonly cwd?: string;
}

export interface Cli {
  /** The path to the command, for scripts. */
  readonly bin: string;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  run(words: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** The same without a process: from the words to the exit code all is the same, and to start Node takes longer than that. */
  here(words: readonly string[], options?: Omit<RunOptions, 'cwd'>): Promise<Outcome>;
  /** Runs here and parses stdout; fails the test unless the command succeeded. */
  json<Result = Record<string, unknown>>(words: readonly string[], options?: Omit<RunOptions, 'cwd'>): Promise<Result>;
  /** Runs a script with `authly` on its path. */
  shell(script: string, options?: RunOptions): Promise<Outcome>;
}

/** A command with a fresh home, gone after the tests of the file. */
export function createCli(env: NodeJS.ProcessEnv = {}): Cli {
  const home = mkdtempSync(join(tmpdir(), 'authly-cli-'));
  afterAll(() => removeFolder(home));
  const bin = bundledCommand();
  const base: NodeJS.ProcessEnv = {
    PATH: `${join(bin, '..')}:${process.env['PATH']}`,
    HOME: home,
    AUTHLY_HOME: join(home, '.authly'),
    LANG: 'C.UTF-8',
    ...env,
  };
  const start = (command: string, words: readonly string[], options: RunOptions = {}) =>
    finish(command, words, { ...options, env: { ...base, ...options.env }, cwd: options.cwd ?? home });
  const here: Cli['here'] = (words, options = {}) =>
    inThisProcess(words, { ...options, env: { ...base, ...options.env } });
  return {
    bin,
    home,
    env: base,
    run: (words, options) => start(bin, words, options),
    here,
    async json<Result>(words: readonly string[], options?: Omit<RunOptions, 'cwd'>) {
      const outcome = await here([...words, '--output', 'json'], options);
      if (outcome.code !== 0)
        throw new Error(`authly ${words.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`);
      return JSON.parse(outcome.stdout) as Result;
    },
    shell: (script, options) => start('bash', ['-c', script], options),
  };
}

function finish(command: string, words: readonly string[], options: RunOptions): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      env: options.env,
      cwd: options.cwd,
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr, took: performance.now() - started }));
    child.stdin?.end(options.stdin);
  });
}

async function inThisProcess(words: readonly string[], { env = {}, stdin }: RunOptions): Promise<Outcome> {
  const { run } = await import('../../src/run.js');
  const streams = captured();
  streams.end(stdin);
  const started = performance.now();
  const code = await run({ words, streams, env, clock: { now: () => new Date() } });
  return { code, stdout: streams.out(), stderr: streams.err(), took: performance.now() - started };
}
