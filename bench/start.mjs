/**
 * How long `authly serve --embedded --seed` takes to its first healthy answer: the first start on an empty directory, and later ones.
 *
 *   npm run build && node bench/start.mjs [--rounds 5]
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 5;
const command = fileURLToPath(new URL('../packages/cli/bin/authly.cjs', import.meta.url));
const first = [];
const later = [];

const homes = mkdtempSync(join(tmpdir(), 'authly-start-'));
chmodSync(homes, 0o755);
for (let round = 0; round < rounds; round += 1) {
  const home = join(homes, String(round));
  mkdirSync(home);
  first.push(await start(home));
  later.push(await start(home));
}
// Not between the rounds: ext4 makes new files slowly where it has just removed thousands.
rmSync(homes, { recursive: true, force: true });
console.log(`first start  ${show(first)}`);
console.log(`later start  ${show(later)}`);

async function start(home) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [command, 'serve', '--embedded', '--seed', '--port', String(port)], {
    env: { ...process.env, AUTHLY_HOME: home },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!(await healthy(port))) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const milliseconds = performance.now() - startedAt;
  child.kill('SIGTERM');
  await ended;
  return milliseconds;
}

/** By the cheapest client: whoever asks often must not take the time that is measured. */
function healthy(port) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });
}

function show(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share) => `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`;
  return `min ${at(0)}   median ${at(0.5)}   max ${at(1)}`;
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
