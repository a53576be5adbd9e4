import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { removeFolder } from '../../packages/server/test/support/remove-folder.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { firstDifference } from './loosely.js';
import { type Example, stepsOf } from './markdown.js';
import { watchedBy } from './person.js';
import { openShell, type Shell } from './shell.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTS = ['README.md', ...guides()];
const SEEDED = { password: 'Test123!' };

/** Ports and places that the documents name, and what stands for them here. */
let replaced: Record<string, string>;
let home: string;
let server: ChildProcess;
let serverOutput = '';
let database: TestDatabase;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'authly-docs-'));
  // An embedded database runs under an account of its own when this one is root, and must get through.
  chmodSync(home, 0o711);
  database = await createTestDatabase();
  const ports = [];
  for (const _ of [8000, 3000, 8080, 8443, 8010, 5433]) ports.push(await freePort());
  replaced = {
    'localhost:8000': `localhost:${ports[0]}`,
    '127.0.0.1:8000': `127.0.0.1:${ports[0]}`,
    '127.0.0.1:3000': `127.0.0.1:${ports[1]}`,
    'listen(3000': `listen(${ports[1]}`,
    '127.0.0.1:8080': `127.0.0.1:${ports[2]}`,
    'listen(8080': `listen(${ports[2]}`,
    '127.0.0.1:8443': `127.0.0.1:${ports[3]}`,
    '--port 8443': `--port ${ports[3]}`,
    'localhost:8010': `localhost:${ports[4]}`,
    '--port 8010': `--port ${ports[4]}`,
    '127.0.0.1:5433': `127.0.0.1:${ports[5]}`,
    'proxy-port 5433': `proxy-port ${ports[5]}`,
    '-p 5433': `-p ${ports[5]}`,
    'postgresql://authly:password@127.0.0.1:5432/authly': database.url,
  };
  await startAsTheReadmeSays(String(ports[0]));
});

afterAll(async () => {
  // npx may end before the server that it started; its output is closed when nobody is left who writes to it.
  const ended = new Promise((resolve) => server.once('close', resolve));
  if (server.pid !== undefined && !server.stdout?.closed) {
    process.kill(-server.pid, 'SIGTERM');
    await ended;
  }
  await database.drop();
  await removeFolder(home);
});

describe.each(DOCUMENTS)('%s', (document) => {
  const steps = stepsOf(readFileSync(join(ROOT, document), 'utf8'));
  let shell: Shell;
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(home, 'reader-'));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    // One document shows that npx finds the command. In the others it would take longer to start than all that it starts.
    shell = openShell(directory, document === 'README.md' ? environment() : withoutNpm(environment()));
  });
  afterAll(() => shell.end());

  it('has examples that are run, or says nothing to be run', () => {
    expect(steps.length > 0 || !/<!-- run/.test(readFileSync(join(ROOT, document), 'utf8'))).toBe(true);
  });

  for (const step of steps) {
    it(`line ${step.line}: ${step.kind === 'file' ? `the file ${step.name}` : firstLine(step)}`, async () => {
      if (step.kind === 'file') writeFileSync(join(directory, step.name), here(step.text));
      else await expectAsShown(shell, step);
    });
  }
});

async function expectAsShown(shell: Shell, example: Example): Promise<void> {
  const who = /as (\w+)/.exec(example.how)?.[1];
  const origin = `http://${replaced['localhost:8000']}`;
  const onOutput = who === undefined ? () => undefined : watchedBy({ ...SEEDED, username: who }, origin);
  const terminal = example.how.includes('in a terminal');
  const { output, failures } = await shell.run(here(example.command), { terminal, onOutput });
  const said = `${output}\n--- server ---\n${serverOutput.slice(-1500)}`;
  if (example.how.includes('and fails')) expect(failures, said).not.toEqual([]);
  else expect(failures, said).toEqual([]);
  if (example.output === undefined) return;
  expect(firstDifference(here(example.output), output.replaceAll(home, '~')), said).toBeUndefined();
}

function firstLine({ command }: Example): string {
  return (command.split('\n').find((line) => !line.startsWith('#')) ?? command).slice(0, 80);
}

/** The command of the README, word by word; only its port comes from a variable. */
async function startAsTheReadmeSays(port: string): Promise<void> {
  const command = /npm ci && (npx authly serve .*?)\s+#/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1];
  if (command === undefined) throw new Error('the README does not say how to start the server');
  server = spawn('bash', ['-c', `exec ${command}`], {
    cwd: ROOT,
    env: { ...environment(), AUTHLY_PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const keep = (chunk: Buffer): void => {
    serverOutput += chunk.toString();
  };
  server.stdout?.on('data', keep);
  server.stderr?.on('data', keep);
  await vi.waitFor(() => expect(serverOutput).toContain('Stop it with Ctrl-C.'), { timeout: 60_000, interval: 100 });
}

function environment(): Record<string, string> {
  const authly = join(home, '.authly');
  mkdirSync(authly, { recursive: true, mode: 0o711 });
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    AUTHLY_HOME: authly,
    AUTHLY_API_URL: `http://${replaced['localhost:8000']}`,
    npm_config_cache: join(home, '.npm'),
    npm_config_update_notifier: 'false',
    NO_COLOR: '1',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
  };
}

/** What is installed is started as npx starts it; only the npm around it is left out. */
function withoutNpm({ PATH = '', ...rest }: Record<string, string>): Record<string, string> {
  const folder = join(home, 'bin');
  const installed = join(ROOT, 'node_modules/.bin');
  mkdirSync(folder, { recursive: true });
  // As after the installation that the README tells of.
  writeFileSync(join(folder, 'authly'), `#!/bin/sh\nexec ${installed}/authly "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'npx'), `#!/bin/sh\nname=$1\nshift\nexec ${installed}/"$name" "$@"\n`, { mode: 0o755 });
  return { ...rest, PATH: `${folder}:${PATH}` };
}

function here(text: string): string {
  return Object.entries(replaced).reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}

function guides(): readonly string[] {
  return readdirSync(join(ROOT, 'docs/guide'))
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => `docs/guide/${name}`);
}
