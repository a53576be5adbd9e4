/**
 * How long the first and the next page of GET /admin/users take the database, for each single filter, over a million users that it
 * makes on a database of its own; then what a sign-in and a registration cost. The goal: every page below 50 ms, in the median.
 *
 * Run: npx esbuild bench/admin-users.ts --bundle --platform=node --format=esm --packages=external --conditions=source \
 *        --log-level=error --outfile=node_modules/.cache/admin-users.mjs && node node_modules/.cache/admin-users.mjs
 * USERS=200000 makes fewer; DATABASE_URL uses a database that is there, and fills it if it is empty.
 */
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../packages/server/src/platform/embedded-postgres/embedded-postgres.js';
import type { UserFilter } from '../packages/server/src/ports/store/admin/user-list.js';
import { userList } from '../packages/server/src/storage/postgres/admin/user-list.js';
import { migrate } from '../packages/server/src/storage/postgres/migrate.js';
import { createPool } from '../packages/server/src/storage/postgres/pool.js';

const USERS = Number(process.env.USERS ?? 1_000_000);
const RUNS = 9;
const silent = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);

/** Three years of registrations; a few percent inactive, unverified, administrators; two thirds have signed in. */
const INSERT = `
  insert into users (id, username, email, password_hash, password_changed_at, created_at, updated_at, last_login, is_active,
                     is_verified, is_admin, requires_password_change, given_name, family_name, locale, zoneinfo)
  select gen_random_uuid(), given || '_' || family || n, lower(given) || '.' || lower(family) || n || '@'
           || (array['example.com','example.org','mail.example','corp.example'])[1 + n % 4],
         'x', at, at, at, case when n % 3 > 0 then at + random() * (now() - at) end,
         n % 37 <> 0, n % 5 <> 0, n % 20011 = 0, n % 53 = 0, given, family,
         (array['en-GB','en-US','nb-NO','de-DE','fr-FR','ja-JP'])[1 + (n / 7) % 6],
         (array['Europe/London','America/New_York','Europe/Oslo','Europe/Berlin','Asia/Tokyo'])[1 + (n / 3) % 5]
    from generate_series($1::integer, $2::integer) n,
         lateral (select now() - (($3 - n) * interval '1096 days' / $3) as at) times,
         lateral (select (array['Ada','Grace','Alan','Edsger','Barbara','Donald','Frances','Ken','Radia','Tim'])[1 + (n * 7) % 10]
                           as given,
                         (array['Lovelace','Hopper','Turing','Dijkstra','Liskov','Knuth','Allen','Thompson','Perlman','Lee',
                                'Hamilton','Ritchie','Wirth','Hoare','Backus','Lamport','Cerf'])[1 + (n * 11) % 17] as family) names`;

const FILTERS: readonly UserFilter[] = [
  {},
  ...['grace', 'lovelace58', 'lovelace58888', 'nobody_like_this', 'a', 'ad', '_1'].map((username) => ({ username })),
  ...['example', '@corp', '4242', 'thompson', 'nobody@', 'e.t'].map((email) => ({ email })),
  ...['ada', 'barbara', 'nobody', 'e'].map((givenName) => ({ givenName })),
  ...['knuth', 'lee', 'nobody', 'th'].map((familyName) => ({ familyName })),
  ...['nb-NO', 'xx-XX'].map((locale) => ({ locale })),
  ...['Asia/Tokyo', 'Mars/Base'].map((zoneinfo) => ({ zoneinfo })),
  ...(['isActive', 'isVerified', 'isAdmin', 'requiresPasswordChange'] as const).flatMap((flag) => [
    { [flag]: true },
    { [flag]: false },
  ]),
  ...[1, 30, 700].map((ago) => ({ createdAfter: days(ago) })),
  ...[30, 700, 1090].map((ago) => ({ createdBefore: days(ago) })),
  ...[0.001, 1, 300, 900].map((ago) => ({ lastLoginAfter: days(ago) })),
  ...[30, 365, 1000, 1095].map((ago) => ({ lastLoginBefore: days(ago) })),
  // what no index knows and hardly anybody has: outside of the goal
  ...['zq', '#'].map((username) => ({ username })),
];

const embedded = process.env.DATABASE_URL
  ? undefined
  : await startEmbeddedPostgres({
      dataDirectory: '',
      ephemeral: true,
      logger: silent,
      settings: { shared_buffers: '512MB' },
    });
const connectionString = process.env.DATABASE_URL ?? embedded?.connectionString ?? '';
const settings = {
  'database.pool_min': 2,
  'database.pool_max': 2,
  'database.timeout': 60,
  'database.max_idle': 300,
  'database.reconnect': 5,
  'database.pooler_mode': 'session' as const,
};
try {
  // found from the folder that the command is run in: the bundle is elsewhere
  await migrate({ connectionString, folder: new URL(`file://${process.cwd()}/packages/server/migrations/`) });
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  const there = await client.query<{ users: number }>('select count(*)::integer as users from users');
  // an index that is made at once takes a fraction of the time
  const texts = await client.query<{ definition: string }>(
    `select pg_get_indexdef('users_texts'::regclass) as definition`,
  );
  await client.query('drop index users_texts');
  for (let made = there.rows[0]?.users ?? 0; made < USERS; made += 50_000)
    await client.query(INSERT, [made + 1, Math.min(USERS, made + 50_000), USERS]);
  await client.query(texts.rows[0]?.definition ?? '');
  await client.query('vacuum analyze users');
  const pool = createPool({ connectionString, settings, logger: silent });
  const list = userList(pool);
  for (const filter of FILTERS) {
    const first = await time(() => list.page(filter, { skip: 0, limit: 25 }));
    const after = first.answer.next;
    const next = after && (await time(() => list.page(filter, { after, skip: 0, limit: 25 })));
    const total = `${first.answer.isExact ? '' : 'at least '}${first.answer.total}`;
    console.log(`${JSON.stringify(filter).padEnd(52)}${ms(first.ms)}${ms(next?.ms)}${total.padStart(16)}`);
  }
  const { rows } = await client.query<{ id: string }>(`select id from users tablesample system (1) limit 2000`);
  const signIn = await time(async () => {
    for (const { id } of rows.slice(0, 500))
      await client.query('update users set last_login = now() where id = $1', [id]);
  });
  let next = USERS + 10_000_000;
  const register = await time(async () => {
    for (let n = 0; n < 500; n += 1, next += 1) await client.query(INSERT, [next, next, next]);
  });
  console.log(
    `a sign-in ${(signIn.ms / 500).toFixed(2)} ms, a registration ${(register.ms / 500).toFixed(2)} ms, of which about 0.2 the way there`,
  );
  await client.end();
  await pool.close();
} finally {
  await embedded?.stop();
}

async function time<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly answer: T }> {
  const times: number[] = [];
  let answer = await work();
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    answer = await work();
    times.push(performance.now() - started);
  }
  return { ms: times.toSorted((left, right) => left - right)[Math.floor(RUNS / 2)] ?? 0, answer };
}

function ms(value: number | undefined): string {
  return (value === undefined ? '' : `${value.toFixed(1)} ms`).padStart(11);
}
