/**
 * Authly beside an earlier commit of itself: both builds run as the command does, in turns, on one PostgreSQL (a database each, autovacuum off),
 * driven over HTTP. What is compared is CPU time a request, of the server's processes and of PostgreSQL's, as a ratio.
 *
 *   npm run build && node bench/against.mjs COMMIT [--rounds 3] [--seconds 4] [--warm 8] [--only NAME,NAME] [--tokens 5000000] [--write]
 *   node bench/against.mjs COMMIT --only install        npm ci and the first token, with an empty npm cache
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../packages/server/dist/platform/embedded-postgres/embedded-postgres.js';
import { buildCommit, HERE } from './against/build.mjs';
import { fill } from './against/fill.mjs';
import { measureInstalls } from './against/install.mjs';
import { cpuOf, family, introspect, login, startServer, token } from './against/server.mjs';
import { closeConnections, crowd, median } from './support/load.mjs';

const commit = process.argv[2];
if (commit === undefined || commit.startsWith('--')) throw new Error('usage: node bench/against.mjs COMMIT [options]');
const option = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const ROUNDS = Number(option('rounds') ?? 3);
const SECONDS = Number(option('seconds') ?? 4);
const WARM_SECONDS = Number(option('warm') ?? 8);
const TOKENS = Number(option('tokens') ?? 5_000_000);
const ONLY = option('only')?.split(',');

const clientCredentials = (server, until) =>
  crowd(until, () => token(server, { grant_type: 'client_credentials', scope: 'read' }));
const refresh = (server, until) =>
  crowd(until, async (state, index) =>
    token(server, {
      grant_type: 'refresh_token',
      refresh_token: (state ?? (await login(server, index))).refresh_token,
    }),
  );
const codeFlow = (server, until) => crowd(until, (_state, index) => login(server, index));
async function introspection(server, until) {
  const tokens = [];
  for (let made = 0; made < 200; made += 1)
    tokens.push((await token(server, { grant_type: 'client_credentials', scope: 'read' })).access_token);
  let next = 0;
  return crowd(until, () => introspect(server, tokens[next++ % tokens.length]));
}

/** In this order: the first ones need a database that was empty when the server started, the last ones a full one. */
const ROWS = [
  {
    name: 'refresh-empty',
    title: 'refresh with ID token, on a database that was empty when the server started',
    work: refresh,
  },
  { name: 'refresh', title: 'the same after statistics were gathered', work: refresh, before: 'analyze' },
  { name: 'code', title: 'code flow (authorize with session and consent, then token)', work: codeFlow },
  { name: 'client_credentials', title: 'client_credentials', work: clientCredentials },
  { name: 'introspection', title: 'introspection', work: introspection },
  { name: 'workers', title: 'client_credentials with 2 workers', work: clientCredentials, workers: 2 },
  { name: 'full-refresh', title: 'refresh, database filled', work: refresh, before: 'fill' },
  { name: 'full-code', title: 'code flow, database filled', work: codeFlow, before: 'fill' },
  {
    name: 'full-client_credentials',
    title: 'client_credentials, database filled',
    work: clientCredentials,
    before: 'fill',
  },
  { name: 'full-introspection', title: 'introspection, database filled', work: introspection, before: 'fill' },
];

const builds = { before: buildCommit(commit), now: HERE };
const lines = [];
if (ONLY?.includes('install')) lines.push(...(await measureInstalls(builds, commit)));
else lines.push(...table(await measureRows()));
console.log(lines.join('\n'));
if (process.argv.includes('--write')) write(lines);

async function measureRows() {
  const home = mkdtempSync(join(tmpdir(), 'authly-bench-'));
  const silent = { info() {}, warn() {}, error() {}, debug() {} };
  const postgres = await startEmbeddedPostgres({
    dataDirectory: home,
    logger: silent,
    settings: { autovacuum: 'off' },
  });
  const admin = new pg.Client({ connectionString: postgres.adminConnectionString });
  await admin.connect();
  const results = [];
  const done = { before: new Set(), now: new Set() };
  const databases = {};
  const running = {};
  try {
    for (const name of Object.keys(builds)) {
      await admin.query(`create database bench_${name} owner ${postgres.user}`);
      const url = new URL(postgres.connectionString);
      url.pathname = `/bench_${name}`;
      databases[name] = { url: String(url), admin: withDatabase(postgres.adminConnectionString, `bench_${name}`) };
    }
    for (const row of ROWS) {
      if (ONLY !== undefined && !ONLY.includes(row.name)) continue;
      const figures = { before: [], now: [] };
      for (const name of Object.keys(builds)) {
        running[name] ??= {};
        running[name][row.workers ?? 1] ??= await startServer({
          folder: builds[name],
          databaseUrl: databases[name].url,
          workers: row.workers ?? 1,
        });
        if (row.before !== undefined && !done[name].has(row.before)) {
          if (row.before === 'fill') await fill(databases[name].admin, { tokens: TOKENS, grants: TOKENS / 5 });
          else await onDatabase(databases[name].admin, 'vacuum analyze');
          done[name].add(row.before);
        }
      }
      for (let round = 0; round <= ROUNDS; round += 1) {
        for (const name of Object.keys(builds)) {
          const seconds = round === 0 ? WARM_SECONDS : SECONDS;
          const figure = await measure(
            running[name][row.workers ?? 1],
            postgres.pid,
            (server, until) => row.work(server, until),
            seconds,
          );
          if (round > 0) figures[name].push(figure);
          process.stderr.write(
            `${row.name} · ${name} · ${round === 0 ? 'warm-up' : `round ${round}`}: ${figure.server.toFixed(0)} + ${figure.database.toFixed(0)} µs, ${figure.failed} failed\n`,
          );
        }
      }
      results.push({ row, figures });
    }
  } finally {
    for (const servers of Object.values(running)) for (const server of Object.values(servers)) await server.stop();
    closeConnections();
    await admin.end();
    await postgres.stop();
    rmSync(home, { recursive: true, force: true });
  }
  return results;
}

async function measure(server, postgresPid, work, seconds) {
  const serverBefore = server.cpu();
  const databaseBefore = cpuOf(family(postgresPid));
  const { done, failed } = await work(server, performance.now() + seconds * 1000);
  return {
    server: (server.cpu() - serverBefore) / done,
    database: (cpuOf(family(postgresPid)) - databaseBefore) / done,
    failed,
  };
}

function withDatabase(connectionString, name) {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return String(url);
}

async function onDatabase(connectionString, statement) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement);
  await client.end();
}

function table(results) {
  const head = ['| work | before: server + database | now | ratio (lowest – highest round) |', '|---|---:|---:|---:|'];
  const one = results.find(({ row }) => row.name === 'client_credentials');
  return [
    `Written by \`node bench/against.mjs ${commit} --write\` on Node ${process.version}. CPU microseconds a request, server + database; medians of ${ROUNDS} alternating rounds of ${SECONDS} s after ${WARM_SECONDS} s of warm-up. Database filled: ${TOKENS.toLocaleString('en')} live access tokens, ${(TOKENS / 5).toLocaleString('en')} grants.`,
    '',
    ...head,
    ...results.map(({ row, figures }) => {
      const ratios = figures.now.map((now, round) => total(now) / total(figures.before[round]));
      const spread = `${median(ratios).toFixed(2)} × (${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)})`;
      return `| ${row.title} | ${show(figures.before)} | ${show(figures.now)} | ${spread} |`;
    }),
    ...results
      .filter(({ row }) => row.name === 'workers' && one !== undefined)
      .map(
        ({ figures }) =>
          `| the same against one worker, of each build | ${againstOne(figures.before, one.figures.before)} | ${againstOne(figures.now, one.figures.now)} | |`,
      ),
    '',
  ];
}

function againstOne(figures, one) {
  return `${(median(figures.map(total)) / median(one.map(total))).toFixed(2)} ×`;
}

function total({ server, database }) {
  return server + database;
}

function show(figures) {
  return `${median(figures.map(({ server }) => server)).toFixed(0)} + ${median(figures.map(({ database }) => database)).toFixed(0)}`;
}

/** Puts the table under its heading in the benchmarks' page, and leaves the rest of the page. */
function write(written) {
  const page = new URL('../docs/reference/benchmarks.md', import.meta.url);
  const heading = ONLY?.includes('install')
    ? '## Installation, against an earlier commit'
    : '## Against an earlier commit';
  const text = readFileSync(page, 'utf8');
  const rest = text.replace(new RegExp(`\\n${heading}\\n[\\s\\S]*?(?=\\n## |$)`), '');
  writeFileSync(page, `${rest.trimEnd()}\n\n${heading}\n\n${written.join('\n').trimEnd()}\n`);
}
