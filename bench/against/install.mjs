/** What the README's first command takes on a machine that has nothing but Node: npm ci with an empty cache, and the first token. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, median, send } from '../support/load.mjs';
import { HERE } from './build.mjs';

const ROUNDS = 3;

export async function measureInstalls(_builds, commit) {
  const figures = { before: [], now: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, revision] of Object.entries({ before: commit, now: 'HEAD' })) {
      const figure = await installAndAsk(revision);
      figures[name].push(figure);
      process.stderr.write(
        `${name}: npm ci ${figure.install.toFixed(1)} s, then ${figure.token.toFixed(1)} s to a token\n`,
      );
    }
  }
  const ratios = figures.now.map((now, round) => total(now) / total(figures.before[round]));
  return [
    `Written by \`node bench/against.mjs ${commit} --only install --write\` on Node ${process.version}. Seconds of wall time, empty npm cache; medians of ${ROUNDS} alternating rounds.`,
    '',
    '| | before | now |',
    '|---|---:|---:|',
    `| npm ci | ${show(figures.before, 'install')} | ${show(figures.now, 'install')} |`,
    `| serve --embedded --seed to the first token | ${show(figures.before, 'token')} | ${show(figures.now, 'token')} |`,
    `| both, as a ratio | | ${median(ratios).toFixed(2)} × (${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}) |`,
    '',
  ];
}

async function installAndAsk(revision) {
  const home = mkdtempSync(join(tmpdir(), 'authly-install-'));
  const clone = join(home, 'clone');
  try {
    execFileSync('git', ['clone', '-q', HERE, clone]);
    execFileSync(
      'git',
      ['checkout', '-q', execFileSync('git', ['rev-parse', revision], { cwd: HERE, encoding: 'utf8' }).trim()],
      { cwd: clone },
    );
    const env = { ...process.env, npm_config_cache: join(home, 'cache'), AUTHLY_HOME: join(home, 'authly') };
    mkdirSync(env.AUTHLY_HOME);
    const startedAt = performance.now();
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: clone, env, stdio: 'ignore' });
    const installedAt = performance.now();
    await firstToken(clone, env);
    return { install: (installedAt - startedAt) / 1000, token: (performance.now() - installedAt) / 1000 };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function firstToken(clone, env) {
  const port = await freePort();
  const child = spawn('npx', ['authly', 'serve', '--embedded', '--seed', '--port', String(port)], {
    cwd: clone,
    env,
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    for (;;) {
      const secrets = readSecrets(join(env.AUTHLY_HOME, 'data/secrets.json'));
      const answer =
        secrets?.demo_client_secret &&
        (await send(`http://127.0.0.1:${port}/api/v1/oauth/token`, {
          form: { grant_type: 'client_credentials' },
          headers: { authorization: `Basic ${Buffer.from(`demo:${secrets.demo_client_secret}`).toString('base64')}` },
        }).catch(() => undefined));
      if (answer?.status === 200) return;
      if (child.exitCode !== null) throw new Error('the server ended before it gave a token');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    process.kill(-child.pid, 'SIGTERM');
    await ended;
  }
}

function readSecrets(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function total({ install, token }) {
  return install + token;
}

function show(figures, name) {
  return median(figures.map((figure) => figure[name])).toFixed(1);
}
