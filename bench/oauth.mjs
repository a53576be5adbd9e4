/**
 * Authly beside node-oidc-provider (in-memory adapter) and the limit (node:http plus one ES256 signature), in one run, as ratios of CPU time
 * a request: two shared cores tell nothing absolute. Rounds alternate, medians are compared.
 *
 * A server runs for days: each is warmed up until its code is compiled, and only then measured.
 *
 *   npm run build && node bench/oauth.mjs [--rounds 3] [--seconds 4] [--warm 15] [--only client_credentials] [--write]
 */
import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../packages/server/dist/platform/embedded-postgres/embedded-postgres.js';
import { CONNECTIONS, closeConnections, crowd, freePort, median, send as request } from './support/load.mjs';

const option = (name, value) => Number(process.argv[process.argv.indexOf(`--${name}`) + 1] ?? Number.NaN) || value;
const ROUNDS = option('rounds', 3);
const SECONDS = option('seconds', 4);
const WARM_SECONDS = option('warm', 15);
const ONLY = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;

const home = mkdtempSync(join(tmpdir(), 'authly-bench-'));
const silent = { info() {}, warn() {}, error() {}, debug() {} };
const postgres = await startEmbeddedPostgres({ dataDirectory: home, logger: silent });
const children = [];

try {
  const authly = await start('authly', { DATABASE_URL: postgres.connectionString });
  const peer = await start('oidc-provider', {});
  const peerJwt = await start('oidc-provider', { JWT_TOKENS: '1' });
  const limit = await start('limit', {});
  const servers = { authly, 'oidc-provider (opaque tokens)': peer, 'oidc-provider (ES256 tokens)': peerJwt, limit };
  const scenarios = {
    client_credentials: {
      run: clientCredentials,
      of: ['authly', 'oidc-provider (opaque tokens)', 'oidc-provider (ES256 tokens)', 'limit'],
    },
    introspection: { run: introspection, of: ['authly', 'oidc-provider (opaque tokens)'] },
    refresh: { run: refresh, of: ['authly', 'oidc-provider (opaque tokens)', 'oidc-provider (ES256 tokens)'] },
    'full code flow': {
      run: codeFlow,
      of: ['authly', 'oidc-provider (opaque tokens)', 'oidc-provider (ES256 tokens)'],
    },
  };
  const results = {};
  for (const [name, { run, of }] of Object.entries(scenarios)) {
    if (ONLY !== undefined && name !== ONLY) continue;
    results[name] = Object.fromEntries(of.map((server) => [server, []]));
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const server of of) {
        const seconds = round === 0 ? WARM_SECONDS : SECONDS;
        const figure = await measure({ server: servers[server], withDatabase: server === 'authly', seconds }, (until) =>
          run(servers[server], until),
        );
        if (round > 0) results[name][server].push(figure);
        process.stderr.write(
          `${name} · ${server} · ${round === 0 ? 'warm-up' : `round ${round}`}: ${figure.micros.toFixed(0)} µs CPU, ${figure.perSecond.toFixed(0)}/s, ${figure.failed} failed\n`,
        );
      }
    }
  }
  const text = report(results);
  console.log(text);
  if (process.argv.includes('--write'))
    writeFileSync(new URL('../docs/reference/benchmarks.md', import.meta.url), text);
} finally {
  for (const child of children) child.disconnect();
  closeConnections();
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
}

async function start(name, environment) {
  const port = await freePort();
  const child = fork(new URL(`./servers/${name}.mjs`, import.meta.url), {
    env: { ...process.env, ...environment, PORT: String(port), NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  const facts = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message.ready));
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  return {
    ...facts,
    jars: [],
    basic: `Basic ${Buffer.from(`${facts.clientId}:${facts.secret}`).toString('base64')}`,
    cpu: () => cpuOf(child),
  };
}

function cpuOf(child) {
  return new Promise((resolve) => {
    child.once('message', ({ cpu }) => resolve(cpu.user + cpu.system));
    child.send('cpu');
  });
}

async function measure({ server, withDatabase, seconds: planned }, work) {
  const before = await server.cpu();
  const databaseBefore = withDatabase ? databaseCpu() : 0;
  const startedAt = performance.now();
  const counts = await work(startedAt + planned * 1000);
  const seconds = (performance.now() - startedAt) / 1000;
  const used = (await server.cpu()) - before;
  const database = withDatabase ? databaseCpu() - databaseBefore : 0;
  return {
    micros: used / counts.done,
    databaseMicros: database / counts.done,
    perSecond: counts.done / seconds,
    failed: counts.failed,
  };
}

/** CPU microseconds of all PostgreSQL processes, from /proc (Linux); dead ones are counted by their parent. */
function databaseCpu() {
  const ticks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        if (!stat.includes('(postgres)')) return 0;
        const fields = stat
          .slice(stat.lastIndexOf(')') + 2)
          .split(' ')
          .map(Number);
        return fields[11] + fields[12] + fields[13] + fields[14];
      } catch {
        return 0;
      }
    });
  return ticks.reduce((sum, one) => sum + one, 0) * 10_000;
}

function send(server, path, options) {
  return request(new URL(path, server.url), options);
}

async function token(server, form) {
  const answer = await send(server, server.tokenPath, { form, headers: { authorization: server.basic } });
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body);
}

function clientCredentials(server, until) {
  return crowd(until, () => token(server, { grant_type: 'client_credentials', scope: 'read' }));
}

async function introspection(server, until) {
  const tokens = await Promise.all(
    Array.from(
      { length: 200 },
      async () => (await token(server, { grant_type: 'client_credentials', scope: 'read' })).access_token,
    ),
  );
  let next = 0;
  return crowd(until, async () => {
    next += 1;
    const answer = await send(server, server.introspectPath, {
      form: { token: tokens[next % tokens.length] },
      headers: { authorization: server.basic },
    });
    if (!answer.body.includes('"active":true')) throw new Error(answer.body);
  });
}

function refresh(server, until) {
  return crowd(until, async (state, index) => {
    const current = state ?? (await login(server, index));
    return token(server, { grant_type: 'refresh_token', refresh_token: current.refresh_token });
  });
}

function codeFlow(server, until) {
  return crowd(until, (_state, index) => login(server, index));
}

/** Authorization request of a signed-in person with consent, code, tokens. */
async function login(server, index) {
  const cookies = (server.jars[index] ??= { ...server.cookies });
  const verifier = randomBytes(32).toString('base64url');
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: server.clientId,
    redirect_uri: 'https://app.example/callback',
    scope: 'openid offline_access read',
    prompt: '',
    state: 's',
    nonce: 'n',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  parameters.delete('prompt');
  let answer = await send(server, `${server.authorizePath}?${parameters}`, { method: 'GET', cookies });
  for (let hop = 0; hop < 8 && answer.location !== undefined && !answer.location.includes('code='); hop += 1) {
    answer = await send(server, answer.location, { method: 'GET', cookies });
  }
  const code = new URL(answer.location ?? 'x:').searchParams.get('code');
  if (!code) throw new Error(`no code: ${answer.status} ${answer.body.slice(0, 300)}`);
  return token(server, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: 'https://app.example/callback',
    code_verifier: verifier,
  });
}

function report(results) {
  const lines = [
    '# Benchmarks',
    '',
    `Written by \`node bench/oauth.mjs --write\` on Node ${process.version}. CPU microseconds of the server process a request; medians of ${ROUNDS} alternating rounds of ${SECONDS} s with ${CONNECTIONS} connections, after ${WARM_SECONDS} s of warm-up each. Authly commits every record to PostgreSQL, whose CPU time stands beside; the peer keeps all in memory.`,
    '',
  ];
  for (const [name, servers] of Object.entries(results)) {
    lines.push(
      `## ${name}`,
      '',
      '| server | µs CPU a request | database µs | requests/s here | Authly is faster by |',
      '|---|---:|---:|---:|---:|',
    );
    for (const [server, figures] of Object.entries(servers)) {
      const micros = median(figures.map((one) => one.micros));
      const ratios = figures.map((one, round) => one.micros / servers.authly[round].micros);
      const factor =
        server === 'authly'
          ? ''
          : `${median(ratios).toFixed(2)} × (${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)})`;
      lines.push(
        `| ${server} | ${micros.toFixed(0)} | ${server === 'authly' ? median(figures.map((one) => one.databaseMicros)).toFixed(0) : ''} | ${median(figures.map((one) => one.perSecond)).toFixed(0)} | ${factor} |`,
      );
    }
    lines.push('');
  }
  return `${lines.join('\n')}\n`;
}
