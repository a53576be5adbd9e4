/**
 * What the command costs beside Node itself: CPU time of `authly --version`, `--help` and a command that reaches no server, as a ratio to
 * `node -e 0`, alternating in one run.
 *
 *   npm run build && node bench/cli-start.mjs [--rounds 5]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 5;
const bin = fileURLToPath(new URL('../packages/cli/bin/authly.cjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'authly-cli-'));
const commands = {
  'node -e 0': ['-e', '0'],
  'authly --version': [bin, '--version'],
  'authly --help': [bin, '--help'],
  'authly admin client list (no server)': [bin, 'admin', 'client', 'list'],
};
const measured = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));

for (let round = 0; round <= rounds; round += 1) {
  for (const [name, words] of Object.entries(commands)) {
    const seconds = cpuSeconds(words);
    if (round > 0) measured[name].push(seconds);
  }
}
rmSync(home, { recursive: true, force: true });
for (const [name, values] of Object.entries(measured)) {
  const ratios = values.map((value, round) => value / measured['node -e 0'][round]).sort((left, right) => left - right);
  const middle = [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
  console.log(
    `${name.padEnd(38)} ${(middle * 1000).toFixed(0).padStart(5)} ms CPU   ${(ratios[Math.floor(ratios.length / 2)] ?? Number.NaN).toFixed(2)} ×`,
  );
}

/** CPU seconds of one run, the mean of ten. */
function cpuSeconds(words) {
  const script = `for i in 1 2 3 4 5 6 7 8 9 10; do "$@" >/dev/null 2>&1; done; times`;
  const env = { ...process.env, HOME: home, AUTHLY_HOME: join(home, '.authly'), AUTHLY_API_URL: 'http://127.0.0.1:9' };
  const { stdout } = spawnSync('bash', ['-c', script, 'bench', process.execPath, ...words], { env, encoding: 'utf8' });
  const parts = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0) / 10;
}
