/**
 * How fast GET /admin/users answers over a million users: any page, any filter. It generates the users, on a database of its own,
 * and prints the median and the slowest of each named list, of some far jumps, then the slowest of all pairs of filters, each with its
 * first page, one in the middle and a deep one, of 100 users. The goal: every median below 50 ms, but for the far jumps.
 *
 * Run: npx esbuild bench/admin-users.ts --bundle --platform=node --format=esm --packages=external --conditions=source \
 *        --log-level=error --outfile=node_modules/.cache/admin-users.mjs && node node_modules/.cache/admin-users.mjs
 * USERS=200000 makes fewer; SHAPE=numbered makes them as an import does; PAIRS=no leaves out the pairs (some minutes);
 * DEEP=10000 goes deeper into the pairs than the 5,000th match; DATABASE_URL uses a database that is there, and fills it if it is empty.
 */
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../packages/server/src/platform/embedded-postgres/embedded-postgres.js';
import type { UserFilter } from '../packages/server/src/ports/store/admin/user-list.js';
import { statistics } from '../packages/server/src/storage/postgres/admin/statistics.js';
import { userList } from '../packages/server/src/storage/postgres/admin/users/user-list.js';
import { migrate } from '../packages/server/src/storage/postgres/migrate.js';
import { createPool, type Pool } from '../packages/server/src/storage/postgres/pool.js';
import { grown, numbered } from './users/shapes.js';

const USERS = Number(process.env.USERS ?? 1_000_000);
const SHAPE = process.env.SHAPE === 'numbered' ? numbered(USERS) : grown(USERS);
const RUNS = 15;
/** Of each page of each pair; those over the goal are measured again, as often as the named lists. */
const PAIR_RUNS = 2;
const PAIR_LIMIT = 100;
const GOAL_MS = 50;
/** The last match whose page is measured with the pairs, where no counts are kept. */
const DEEP = Number(process.env.DEEP ?? 5000);
const silent = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };

const embedded = process.env.DATABASE_URL
  ? undefined
  : await startEmbeddedPostgres({
      dataDirectory: '',
      ephemeral: true,
      logger: silent,
      settings: { shared_buffers: '256MB' },
    });
const connectionString = process.env.DATABASE_URL ?? embedded?.connectionString ?? '';
try {
  await generate();
  await measure();
} finally {
  await embedded?.stop();
}

async function generate(): Promise<void> {
  // Found from the folder that the command is run in: the bundle is elsewhere.
  await migrate({ connectionString, folder: new URL(`file://${process.cwd()}/packages/server/migrations/`) });
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ there: boolean }>('select exists (select from users) as there');
  if (rows[0]?.there !== true) {
    const started = performance.now();
    await client.query(SHAPE.insert, [USERS]);
    for (const table of ['users', 'user_directory', 'user_logins', 'user_counts']) {
      await client.query(`vacuum ${table}`);
      await client.query(`analyze ${table}`);
    }
    console.log(`${USERS.toLocaleString('en')} users made in ${Math.round((performance.now() - started) / 1000)} s\n`);
  }
  await client.end();
}

async function measure(): Promise<void> {
  const settings = {
    'database.pool_min': 2,
    'database.pool_max': 4,
    'database.timeout': 30,
    'database.max_idle': 300,
    'database.reconnect': 5,
  };
  const pool = createPool({ connectionString, settings, logger: silent });
  let slowest = 0;
  console.log(`${'list'.padEnd(40)}${'median'.padStart(9)}${'slowest'.padStart(10)}${'total'.padStart(12)}`);
  for (const [name, filter, skip] of SHAPE.named) {
    const { median, worst, total } = await time(pool, { filter, skip, limit: 25, runs: RUNS });
    slowest = Math.max(slowest, median);
    const verdict = median > GOAL_MS ? '  over the goal' : '';
    console.log(`${name.padEnd(40)}${ms(median)}${ms(worst, 10)}${total.text.padStart(12)}${verdict}`);
  }
  console.log('\nfar jumps');
  for (const [name, filter, skip] of SHAPE.far) {
    const { median, worst, total } = await time(pool, { filter, skip, limit: 25, runs: PAIR_RUNS });
    console.log(`${name.padEnd(40)}${ms(median)}${ms(worst, 10)}${total.text.padStart(12)}`);
  }
  const started = performance.now();
  await statistics(pool).users();
  console.log(`${'dashboard counts'.padEnd(40)}${ms(performance.now() - started)}`);
  console.log(`\nslowest median ${slowest.toFixed(1)} ms; goal ${GOAL_MS} ms`);
  if (process.env.PAIRS !== 'no') await measurePairs(pool);
  await pool.close();
}

interface Timed {
  readonly median: number;
  readonly worst: number;
  readonly total: { readonly users: number; readonly isExact: boolean; readonly text: string };
}

/** Each run asks a list that remembers nothing of the one before, but for what the planner knows of the tables. */
async function time(
  pool: Pool,
  {
    filter,
    skip,
    limit,
    runs,
  }: { readonly filter: UserFilter; readonly skip: number; readonly limit: number; readonly runs: number },
): Promise<Timed> {
  const times: number[] = [];
  let total: Timed['total'] = { users: 0, isExact: false, text: '-' };
  // The first run reads the pages of the table from the disk.
  for (let run = -1; run < runs; run += 1) {
    const list = userList(pool);
    await list.page({ username: '~', isAdmin: true }, { skip: 0, limit: 1 });
    const started = performance.now();
    const page = await list.page(filter, { skip, limit });
    if (run >= 0) times.push(performance.now() - started);
    const text = `${page.isExact ? '' : '~'}${page.total.toLocaleString('en')}`;
    total = { users: page.total, isExact: page.isExact, text };
  }
  const sorted = times.toSorted((left, right) => left - right);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, worst: sorted.at(-1) ?? 0, total };
}

async function measurePairs(pool: Pool): Promise<void> {
  const measured: (Timed & { readonly filter: UserFilter; readonly skip: number })[] = [];
  for (const filter of pairs(SHAPE.single)) {
    const { total } = await time(pool, { filter, skip: 0, limit: 1, runs: 0 });
    for (const skip of pagesOf(filter, total, PAIR_LIMIT)) {
      const quick = await time(pool, { filter, skip, limit: PAIR_LIMIT, runs: PAIR_RUNS });
      const timed = quick.median > GOAL_MS ? await time(pool, { filter, skip, limit: PAIR_LIMIT, runs: RUNS }) : quick;
      measured.push({ ...timed, filter, skip });
    }
  }
  measured.sort((left, right) => right.median - left.median);
  console.log('\nthe slowest of the pairs');
  for (const { median, worst, total, filter, skip } of measured.slice(0, 20))
    console.log(`${ms(median)}${ms(worst, 10)}${total.text.padStart(12)}  skip ${skip} ${JSON.stringify(filter)}`);
  const above = (most: number): number => measured.filter(({ median }) => median > most).length;
  console.log(`\n${measured.length} pages of pairs: ${above(GOAL_MS)} over ${GOAL_MS} ms, ${above(20)} over 20 ms`);
}

function pairs(single: readonly UserFilter[]): readonly UserFilter[] {
  const field = (filter: UserFilter): string | undefined => Object.keys(filter)[0];
  return [
    ...single,
    ...single.flatMap((first, index) =>
      single.slice(index + 1).flatMap((second) => (field(first) === field(second) ? [] : [{ ...first, ...second }])),
    ),
  ];
}

/** The first page, one in the middle, and the last or one as deep as is measured. */
function pagesOf(filter: UserFilter, { users, isExact }: Timed['total'], limit: number): readonly number[] {
  const fields = Object.keys(filter);
  const isCounted = fields.every((field) => field.startsWith('created') || ['is', 're'].includes(field.slice(0, 2)));
  const last = Math.max(0, isCounted || (isExact && users <= DEEP) ? users - limit : Math.min(users, DEEP) - limit);
  return [...new Set([0, Math.floor(last / 2), last])];
}

function ms(value: number, width = 9): string {
  return `${value.toFixed(1)} ms`.padStart(width);
}
