/** Reads what `dump` wrote into an empty database: all of it in one transaction, or nothing. */
import { once } from 'node:events';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { connectAtStart } from '../connection/fitness.js';
import { migrate } from '../migrate.js';
import { MIGRATIONS, readMigrations } from '../migrations.js';
import { type BackupHeader, END, HEADER, IS_OURS } from './dump.js';

/** The database or the file is not what a restore needs. The message says what to do. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

export interface Restored {
  readonly header: BackupHeader;
  readonly tables: number;
  readonly rows: number;
}

export async function load(connectionString: string, source: AsyncIterable<Buffer>): Promise<Restored> {
  const lines = linesOf(source);
  const header = readHeader(await next(lines));
  const known = (await readMigrations(MIGRATIONS)).map(({ name }) => name);
  if (!known.includes(header.migration)) {
    throw new RestoreError(
      `the backup was made by Authly ${header.version}, whose tables this version does not know (${header.migration}): restore it with that version`,
    );
  }
  await refuseFilled(connectionString);
  await migrate({ connectionString, until: header.migration });
  const client = await connectAtStart(connectionString, { application_name: 'authly-restore' });
  let counted: { tables: number; rows: number };
  try {
    await client.query('begin');
    await client.query('set local statement_timeout = 0');
    counted = await copyAll(client, lines);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
  await migrate({ connectionString });
  return { header, ...counted };
}

function readHeader(first: string): BackupHeader {
  if (!first.startsWith(HEADER)) throw new RestoreError('the file is no backup of Authly');
  const header = JSON.parse(first.slice(HEADER.length)) as BackupHeader;
  if (header.format !== 1)
    throw new RestoreError(`the backup has the format ${String(header.format)}, which a newer version writes`);
  return header;
}

async function refuseFilled(connectionString: string): Promise<void> {
  const client = await connectAtStart(connectionString, { application_name: 'authly-restore' });
  try {
    const { rows } = await client.query<{ there: boolean }>(`select to_regclass('users') is not null as there`);
    if (rows[0]?.there !== true) return;
    const filled = await client.query('select 1 from users limit 1');
    if (filled.rowCount !== 0)
      throw new RestoreError(
        'the database has accounts already, and a restore replaces nothing: make an empty one (createdb) and name it with --database-url',
      );
  } finally {
    await client.end();
  }
}

async function copyAll(client: Client, lines: AsyncIterator<Buffer>): Promise<{ tables: number; rows: number }> {
  const own = await ownTables(client);
  // What the migrations put there by themselves, and what answers to changes: a restored row is no change.
  for (const table of own) await client.query(`alter table ${table} disable trigger user`);
  await client.query(`truncate ${own.join(', ')} cascade`);
  let tables = 0;
  let rows = 0;
  for (;;) {
    const said = await next(lines);
    if (said === END) break;
    const what = /^COPY ((?:"[^"]+"|[ (),])+) FROM stdin;$/.exec(said)?.[1];
    if (what === undefined) throw new RestoreError('the backup is damaged');
    // Tables that others keep beside ours are not for us to make.
    const isOurs = own.some((name) => what.startsWith(`"${name.replaceAll('"', '')}" `));
    const count = await (isOurs ? copyTable(client, what, lines) : passOver(lines));
    if (!isOurs) continue;
    rows += count;
    tables += 1;
  }
  for (const table of own) await client.query(`alter table ${table} enable trigger user`);
  await setSequences(client);
  return { tables, rows };
}

async function ownTables(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(c.relname) as name from pg_class c where ${IS_OURS} order by c.relname`,
  );
  return rows.map(({ name }) => name);
}

const CHUNK_BYTES = 65_536;

async function copyTable(client: Client, what: string, lines: AsyncIterator<Buffer>): Promise<number> {
  const stream = client.query(copyFrom(`copy ${what} from stdin`));
  // A failure may come while nobody waits for it.
  const done = new Promise<void>((resolve, reject) => stream.once('finish', resolve).once('error', reject));
  done.catch(() => undefined);
  let waiting: Buffer[] = [];
  let size = 0;
  let rows = 0;
  for (;;) {
    const { done: isOver, value } = await lines.next();
    if (isOver === true) {
      stream.destroy();
      throw new RestoreError('the backup ends too early');
    }
    if (value.equals(LAST_ROW)) break;
    waiting.push(value, NEW_LINE);
    size += value.length + 1;
    rows += 1;
    if (size < CHUNK_BYTES) continue;
    if (!stream.write(Buffer.concat(waiting))) await Promise.race([once(stream, 'drain'), done]);
    waiting = [];
    size = 0;
  }
  stream.end(Buffer.concat(waiting));
  await done;
  return rows;
}

async function passOver(lines: AsyncIterator<Buffer>): Promise<number> {
  for (;;) {
    const { done, value } = await lines.next();
    if (done === true) throw new RestoreError('the backup ends too early');
    if (value.equals(LAST_ROW)) return 0;
  }
}

const LAST_ROW = Buffer.from('\\.');
const NEW_LINE = Buffer.from('\n');

/** Numbers that a column gives out by itself go on behind the highest one. */
async function setSequences(client: Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(
    `select s.oid::regclass::text as sequence, quote_ident(t.relname) as table, quote_ident(a.attname) as column
       from pg_class s join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
       join pg_class t on t.oid = d.refobjid join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
      where s.relkind = 'S' and pg_table_is_visible(t.oid) and s.relnamespace::regnamespace::text = any(current_schemas(false)::text[])`,
  );
  for (const { sequence, table, column } of rows)
    await client.query(`select setval($1::regclass, max(${column})) from ${table} having max(${column}) is not null`, [
      sequence,
    ]);
}

async function next(lines: AsyncIterator<Buffer>): Promise<string> {
  const { done, value } = await lines.next();
  if (done === true) throw new RestoreError('the backup ends too early');
  return value.toString();
}

/** Without the line ends. Rows are bytes: nothing in them but a line feed ends a line. */
async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      const end = chunk.subarray(from, at);
      yield rest.length === 0 ? end : Buffer.concat([...rest, end]);
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
