import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { terminals } from '../../packages/cli/test/support/pty.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { AUTHLY } from '../support/authly-process.js';
import { removeFolder } from '../../packages/server/test/support/remove-folder.js';

/** The first page of the CLI guide, from the start of the server to `auth info`, typed by a person into one terminal beside it. */

const home = mkdtempSync(join(tmpdir(), 'authly-quick-start-'));
const bin = join(home, 'bin');
const env: NodeJS.ProcessEnv = { PATH: `${bin}:${process.env['PATH']}`, HOME: home, LANG: 'C.UTF-8' };
const open = terminals({ env, home });
let server: ChildProcess | undefined;
let said = '';

beforeAll(async () => {
  mkdirSync(bin);
  writeFileSync(join(bin, 'authly'), `#!/bin/sh\nexec ${process.execPath} ${AUTHLY} "$@"\n`);
  chmodSync(join(bin, 'authly'), 0o755);
  const port = await freePort();
  env['AUTHLY_API_URL'] = `http://localhost:${port}`;
  server = spawn('authly', ['serve', '--embedded', '--port', String(port)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  await vi.waitFor(
    async () => {
      const ready = await fetch(`${env['AUTHLY_API_URL']}/health/ready`).catch(() => undefined);
      if (!ready?.ok) throw new Error(said);
    },
    { timeout: 60_000, interval: 50 },
  );
});
afterAll(async () => {
  const ended = new Promise((resolve) => server?.once('exit', resolve));
  server?.kill('SIGTERM');
  await ended;
  await removeFolder(home);
});

it('goes as the guide says it goes', async () => {
  const run = (line: string) => open(line, { columns: 120 }).ends();
  expect((await run('authly admin --help')).text).toContain('authly admin auth login');

  await expect.poll(() => said).toMatch(/admin \/ \S+/);
  const password = /admin \/ (\S+)/.exec(said)?.[1] ?? '';
  const login = open('authly admin auth login', { columns: 120 });
  await login.shows(/Username:/);
  login.type('admin');
  login.enter();
  await login.shows(/Password:/);
  login.type(password);
  login.enter();
  const { code, text } = await login.ends();
  expect([code, text]).toEqual([0, expect.stringContaining('✓ Successfully logged in as admin')]);
  expect(text).toContain('Token stored securely in ~/.authly/tokens.json');
  expect(text).not.toContain(password);

  const client = await run(`authly admin client create \\
    --name "My Application" \\
    --type confidential \\
    --redirect-uri "https://myapp.com/callback"`);
  expect(client.code).toBe(0);
  for (const line of ['✓ Client created successfully', 'Client ID: client_', 'Client Secret: cs_', 'Status: active'])
    expect(client.text).toContain(line);

  // The guide creates a scope that is there from the first start on; it is told so, and nothing is changed.
  const scope = await run(`authly admin scope create \\
    --name "read" \\
    --description "Read access to user data"`);
  expect([scope.code, scope.text]).toEqual([6, expect.stringContaining('Scope already exists')]);

  const status = await run('authly admin status');
  expect(status.text).toContain('🟢 System Health: Healthy');
  const info = await run('authly admin auth info');
  expect(info.text).toContain('Authly Configuration Information');
  expect(info.text).toContain(`Token file: ${home}/.authly/tokens.json`);
  expect(info.text).toContain('Token file exists: True');
  expect(info.text).toContain('Status: Authenticated');
});
