import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { build } from 'esbuild';
import { vi } from 'vitest';

export const CONNECT = fileURLToPath(new URL('..', import.meta.url));
/** What the script install has put there; nothing of it belongs to the repository. */
export const INSTALLED = join(CONNECT, 'node_modules');

const COMMANDS = {
  node: [process.execPath, 'main.js'],
  python: [join(INSTALLED, '.python/bin/python'), 'main.py'],
  // It builds and starts them.
  go: [process.execPath, 'main.js'],
} as const;

/** A program of apps/, running. */
export interface Software {
  readonly url: string;
  /** Everything that it printed. */
  output(): string;
  stop(): Promise<void>;
}

export interface Start {
  /** Its folder in apps/. */
  readonly app: string;
  readonly language: 'node' | 'python' | 'go';
  readonly port: number;
  /** The files that `client create --preset` printed, as they are. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Puts the printed files beside a program, runs it with the printed variables, and waits until it listens. */
export async function startSoftware({ app, language, port, files, env = {} }: Start): Promise<Software> {
  const folder = await prepareFolder(app, files);
  const url = `http://localhost:${port}`;
  const [program, ...words] = COMMANDS[language];
  const printed = files.filter(({ path }) => path.startsWith('.env')).map(({ text }) => parseEnv(text));
  const child = spawn(program, words, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      APP_URL: url,
      PORT: String(port),
      HOST: 'localhost',
      ...Object.assign({}, ...printed),
      ...env,
    } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    // What it starts ends with it.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const software = {
    url,
    output: () => output,
    stop: () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      return ended;
    },
  };
  await answers(child, software);
  return software;
}

async function prepareFolder(app: string, files: Start['files']): Promise<string> {
  const runs = join(INSTALLED, '.run');
  mkdirSync(runs, { recursive: true });
  const folder = mkdtempSync(join(runs, `${app}-`));
  cpSync(join(CONNECT, 'apps', app), folder, { recursive: true });
  for (const shared of readdirSync(join(CONNECT, 'apps')).filter((name) => /\.(?:js|py)$/.test(name)))
    cpSync(join(CONNECT, 'apps', shared), join(folder, shared));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of ['go.mod', 'go.sum']) cpSync(join(CONNECT, name), join(folder, name));
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await bundleAsTheyDo(folder);
  return folder;
}

/** What is written in TypeScript, or for a browser, is bundled by whoever uses it. */
async function bundleAsTheyDo(folder: string): Promise<void> {
  if (!existsSync(join(folder, 'auth.ts'))) return;
  const page = join(folder, 'page.js');
  const isPage = existsSync(page);
  await build({
    entryPoints: [isPage ? page : join(folder, 'main.js')],
    outfile: join(folder, isPage ? 'page.bundle.js' : 'main.js'),
    allowOverwrite: true,
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    ...(isPage ? { platform: 'browser' } : { platform: 'node', target: 'node20', banner: { js: COMMONJS } }),
  });
}

// What CommonJS modules in the bundle expect to find.
const COMMONJS =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;";

async function answers(child: ChildProcess, { url, output }: Omit<Software, 'stop'>): Promise<void> {
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) return;
      await fetch(url, { redirect: 'manual' });
    },
    { timeout: 60_000, interval: 50 },
  );
  if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output()}`);
}

/** What keeps the programs of a language from being run here, in a few words; nothing when they can be. */
export function whatIsMissing(language: 'node' | 'python' | 'go'): string | undefined {
  const signs = { node: '.package-lock.json', python: '.python/installed', go: '.go/installed' };
  return existsSync(join(INSTALLED, signs[language])) ? undefined : `e2e/connect/install has not installed ${language}`;
}
