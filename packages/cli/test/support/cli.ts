import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { bundledCommand } from './bundle.js';

/** The built command in a process of its own, with a home of its own. */

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
  /** Runs and parses stdout; fails the test unless the command succeeded. */
  json<Result = Record<string, unknown>>(words: readonly string[], options?: RunOptions): Promise<Result>;
  /** Runs a script with `authly` on its path. */
  shell(script: string, options?: RunOptions): Promise<Outcome>;
}

/** A command with a fresh home, gone after the tests of the file. */
export function createCli(env: NodeJS.ProcessEnv = {}): Cli {
  const home = mkdtempSync(join(tmpdir(), 'authly-cli-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
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
  const run: Cli['run'] = (words, options) => start(bin, words, options);
  return {
    bin,
    home,
    env: base,
    run,
    async json<Result>(words: readonly string[], options?: RunOptions) {
      const outcome = await run([...words, '--output', 'json'], options);
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
