/**
 * How fast GET /admin/users answers over a million users: any page, any filter. It generates the users, on a database of its own,
 * and prints the median and the slowest of each list. The goal: every line below 50 ms.
 *
 * Run: npx esbuild bench/admin-users.ts --bundle --platform=node --format=esm --packages=external --conditions=source \
 *        --log-level=error --outfile=node_modules/.cache/admin-users.mjs && node node_modules/.cache/admin-users.mjs
 * USERS=200000 makes fewer; DATABASE_URL uses a database that is there, and fills it if it is empty.
 */
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../packages/server/src/platform/embedded-postgres/embedded-postgres.js';
import type { UserFilter } from '../packages/server/src/ports/store/admin/user-list.js';
import { statistics } from '../packages/server/src/storage/postgres/admin/statistics.js';
import { userList } from '../packages/server/src/storage/postgres/admin/users/user-list.js';
import { migrate } from '../packages/server/src/storage/postgres/migrate.js';
import { createPool } from '../packages/server/src/storage/postgres/pool.js';

const USERS = Number(process.env.USERS ?? 1_000_000);
const RUNS = 15;
const GOAL_MS = 50;
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

/** Three years of registrations; a few percent inactive, unverified, administrators; two thirds have signed in. */
async function generate(): Promise<void> {
  // Found from the folder that the command is run in: the bundle is elsewhere.
  await migrate({ connectionString, folder: new URL(`file://${process.cwd()}/packages/server/migrations/`) });
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ there: boolean }>('select exists (select from users) as there');
  if (rows[0]?.there === true) return client.end();
  const started = performance.now();
  await client.query(
    `insert into users (id, username, email, password_hash, password_changed_at, created_at, updated_at, last_login, is_active,
                        is_verified, is_admin, requires_password_change, given_name, family_name, locale, zoneinfo)
     select gen_random_uuid(), names.given || '_' || names.family || n, lower(names.given) || '.' || lower(names.family) || n || '@'
              || (array['example.com','example.org','mail.example','corp.example'])[1 + n % 4],
            'x', at, at, at, case when n % 3 > 0 then at + random() * (now() - at) end,
            n % 37 <> 0, n % 5 <> 0, n % 20011 = 0, n % 53 = 0, names.given, names.family,
            (array['en-GB','en-US','nb-NO','de-DE','fr-FR','ja-JP'])[1 + (n / 7) % 6],
            (array['Europe/London','America/New_York','Europe/Oslo','Europe/Berlin','Asia/Tokyo'])[1 + (n / 3) % 5]
       from generate_series(1, $1::integer) n,
            lateral (select now() - (($1 - n) * interval '1096 days' / $1) as at) times,
            lateral (select (array['Ada','Grace','Alan','Edsger','Barbara','Donald','Frances','Ken','Radia','Tim'])[1 + (n * 7) % 10]
                              as given,
                            (array['Lovelace','Hopper','Turing','Dijkstra','Liskov','Knuth','Allen','Thompson','Perlman','Lee',
                                   'Hamilton','Ritchie','Wirth','Hoare','Backus','Lamport','Cerf'])[1 + (n * 11) % 17] as family) names`,
    [USERS],
  );
  for (const table of ['users', 'user_logins', 'user_counts']) {
    await client.query(`vacuum ${table}`);
    await client.query(`analyze ${table}`);
  }
  await client.end();
  console.log(`${USERS.toLocaleString('en')} users made in ${Math.round((performance.now() - started) / 1000)} s\n`);
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
  const list = userList(pool);
  const middle = new Date(Date.now() - 548 * 86_400_000);
  const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);
  const cases: readonly [string, UserFilter, number][] = [
    ['first page', {}, 0],
    ['a page in the middle', {}, Math.floor(USERS / 2)],
    ['the last page', {}, USERS - 25],
    ['active, first page', { isActive: true }, 0],
    ['active, deep', { isActive: true }, Math.floor(USERS * 0.9)],
    ['inactive, deep', { isActive: false }, Math.floor(USERS / 40)],
    ['administrators (50)', { isAdmin: true }, 0],
    ['inactive, unverified, must change', { isActive: false, isVerified: false, requiresPasswordChange: true }, 50],
    ['created in one half, deep', { createdBefore: middle }, Math.floor(USERS / 3)],
    ['created in one week', { createdAfter: days(400), createdBefore: days(393) }, 1000],
    ['user name, one match', { username: `lovelace${Math.floor(USERS / 17) * 17}` }, 0],
    ['user name, none', { username: 'nobody_like_this' }, 0],
    ['user name, 100,000 matches', { username: 'grace' }, 0],
    ['user name, 100,000 matches, deep', { username: 'grace' }, 9_900],
    ['e-mail, everybody', { email: 'example' }, 0],
    ['e-mail, everybody, deep', { email: 'example' }, 9_900],
    ['e-mail, a few hundred', { email: '4242' }, 0],
    ['family name, 59,000 matches', { familyName: 'liskov' }, 500],
    ['family and given name', { familyName: 'knuth', givenName: 'ada' }, 0],
    ['two letters, common', { username: 'ad' }, 0],
    ['two letters, none', { username: 'zq' }, 0],
    ['one letter, none', { email: '#' }, 0],
    ['locale', { locale: 'nb-NO' }, 5_000],
    ['time zone and name', { zoneinfo: 'Asia/Tokyo', username: 'turing' }, 0],
    ['signed in today', { lastLoginAfter: days(1) }, 0],
    ['not since long ago', { lastLoginBefore: days(1000) }, 0],
    ['signed in before last year, deep', { lastLoginBefore: days(365) }, 9_000],
    ['inactive, by name', { isActive: false, username: 'turing' }, 0],
  ];
  let slowest = 0;
  console.log(`${'list'.padEnd(38)}${'median'.padStart(9)}${'slowest'.padStart(10)}${'total'.padStart(12)}`);
  for (const [name, filter, skip] of cases) {
    const times: number[] = [];
    let total = '';
    for (let run = 0; run < RUNS; run += 1) {
      const started = performance.now();
      const page = await list.page(filter, { skip, limit: 25 });
      times.push(performance.now() - started);
      total = page === 'too_deep' ? '-' : `${page.isExact ? '' : '~'}${page.total.toLocaleString('en')}`;
    }
    // The first run reads the pages of the table from the disk.
    const sorted = times.slice(1).toSorted((left, right) => left - right);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    slowest = Math.max(slowest, median);
    console.log(
      `${name.padEnd(38)}${ms(median)}${ms(sorted.at(-1) ?? 0, 10)}${total.padStart(12)}${median > GOAL_MS ? '  over the goal' : ''}`,
    );
  }
  const started = performance.now();
  await statistics(pool).users();
  console.log(`${'dashboard counts'.padEnd(38)}${ms(performance.now() - started)}`);
  console.log(`\nslowest median ${slowest.toFixed(1)} ms; goal ${GOAL_MS} ms`);
  await pool.close();
}

function ms(value: number, width = 9): string {
  return `${value.toFixed(1)} ms`.padStart(width);
}
