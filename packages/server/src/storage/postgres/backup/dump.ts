/**
 * All rows of all tables as they were at one moment, as text: what `psql` would take, too. Servers go on writing meanwhile; nobody waits.
 * The schema is not in it: migrations make it.
 */
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { connectAtStart } from '../connection/fitness.js';

/** The first line, as JSON behind `-- authly backup `. */
export interface BackupHeader {
  readonly format: 1;
  readonly version: string;
  readonly created_at: string;
  /** The last migration of the schema. */
  readonly migration: string;
}

export const HEADER = '-- authly backup ';
export const END = '-- end of the backup';

interface TableRow {
  readonly name: string;
  readonly columns: readonly string[];
  /** Tables whose rows must be there first. */
  readonly needs: readonly string[];
}

export async function* dump(
  connectionString: string,
  about: { readonly version: string; readonly now: Date },
): AsyncGenerator<Buffer> {
  const client = await connectAtStart(connectionString, { application_name: 'authly-backup' });
  try {
    await client.query('begin isolation level repeatable read, read only');
    // A table of many million rows takes longer than any request may.
    await client.query('set local statement_timeout = 0');
    const header: BackupHeader = {
      format: 1,
      version: about.version,
      created_at: about.now.toISOString(),
      migration: await lastMigration(client),
    };
    yield line(`${HEADER}${JSON.stringify(header)}`);
    for (const { name, columns } of inOrder(await readTables(client))) {
      const what = `${quote(name)} (${columns.map(quote).join(', ')})`;
      yield line(`COPY ${what} FROM stdin;`);
      // A partitioned table itself holds nothing: it has to be asked for what its partitions hold.
      const rows = client.query(
        copyTo(`copy (select ${columns.map(quote).join(', ')} from ${quote(name)}) to stdout`),
      ) as AsyncIterable<Buffer>;
      for await (const chunk of rows) yield chunk;
      yield line('\\.');
    }
    yield line(END);
  } finally {
    await client.end();
  }
}

function line(text: string): Buffer {
  return Buffer.from(`${text}\n`);
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function lastMigration(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select max(name) as name from authly_migrations');
  return rows[0]?.name ?? '';
}

/**
 * Condition on `pg_class c`: a table that a statement of ours can mean. Not the first schema of the search path: one that is named like the role may
 * have come later than our tables.
 */
export const IS_OURS = `c.relnamespace::regnamespace::text = any(current_schemas(false)::text[]) and pg_table_is_visible(c.oid)
        and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'authly_migrations'`;

/** What is kept for a moment only (unlogged tables) and what is computed from other columns stays out. */
async function readTables(client: Client): Promise<readonly TableRow[]> {
  const { rows } = await client.query<TableRow>(
    `select c.relname as name,
            (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
            array(select distinct p.relname::text from pg_constraint f join pg_class p on p.oid = f.confrelid
                   where f.conrelid = c.oid and f.contype = 'f' and p.oid <> c.oid) as needs
       from pg_class c
      where ${IS_OURS} and c.relpersistence = 'p'
      order by c.relname`,
  );
  if (rows.length === 0) throw new Error('the database has no tables of Authly');
  return rows;
}

/** Whoever is referred to comes first, so that a restore never has to look away. */
function inOrder(tables: readonly TableRow[]): readonly TableRow[] {
  const done = new Set<string>();
  const sorted: TableRow[] = [];
  while (sorted.length < tables.length) {
    const ready = tables.filter(({ name, needs }) => !done.has(name) && needs.every((other) => done.has(other)));
    if (ready.length === 0) throw new Error('tables refer to each other in a circle');
    for (const table of ready) {
      done.add(table.name);
      sorted.push(table);
    }
  }
  return sorted;
}
