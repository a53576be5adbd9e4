/** Programs of the tests, bundled once and run as processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Bundles a program of this folder, or of a path, into a temporary directory; returns its path. */
export async function bundle(name: string, path = join(import.meta.dirname, `${name}.ts`)): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-child-'));
  // Some tests run the program as another user.
  await chmod(folder, 0o755);
  // Optional native modules stay outside of the bundle and are looked for beside it.
  await symlink(join(import.meta.dirname, '../../../../node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['source'],
    logLevel: 'error',
  });
  return outfile;
}

/** Runs a command of the system to its end, with an environment of its own. */
export function run(command: readonly string[], env: Record<string, string>): Promise<Ended> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.on('error', () => reject(new Error(`These tests need ${program}, curl and jq.`)));
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

/** Starts a program with an environment of its own. */
export function start(
  program: string,
  env: Record<string, string>,
  options: { readonly args?: readonly string[]; readonly uid?: number; readonly through?: readonly string[] } = {},
): Child {
  const [command = '', ...rest] = [...(options.through ?? []), process.execPath, program, ...(options.args ?? [])];
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, ...env },
    uid: options.uid,
    gid: options.uid,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += String(chunk);
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return { process: child, ended };
}
