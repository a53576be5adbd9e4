/** Brings the schema up to date from the SQL files in migrations/. Forward only; each file runs once, in a transaction. */
import type { Client } from 'pg';
import type { StorageLogger } from '../logger.js';
import { connectAtStart, refuseUnfit } from './connection/fitness.js';
import { type Migration, MIGRATIONS, readMigrations } from './migrations.js';

export interface MigrateOptions {
  readonly connectionString: string;
  readonly logger?: StorageLogger;
  /** Where the files are; the package's own folder unless a test says otherwise. */
  readonly folder?: URL;
  /** The last file to apply. */
  readonly until?: string;
}

/** Applies what is missing, one file a transaction, and answers the names of the files that it applied. */
export async function migrate(options: MigrateOptions): Promise<{ readonly applied: readonly string[] }> {
  const { until } = options;
  const all = await readMigrations(options.folder ?? MIGRATIONS);
  const files = until === undefined ? all : all.filter(({ name }) => name <= until);
  const client = await connect(options);
  const applied: string[] = [];
  try {
    await stayInSchema(client);
    if ((await pending(client, files)).length > 0) await refuseUnfit(client);
    for (;;) {
      const name = await inTransaction(client, () => applyNext(client, files, options.logger));
      if (name === undefined) return { applied };
      applied.push(name);
      options.logger?.info({ migration: name }, 'migration applied');
    }
  } finally {
    await client.end();
  }
}

/** The names of the files that `migrate` would apply. Changes nothing. */
export async function pendingMigrations(options: MigrateOptions): Promise<readonly string[]> {
  const files = await readMigrations(options.folder ?? MIGRATIONS);
  const client = await connect(options);
  try {
    return (await pending(client, files, options.logger)).map((file) => file.name);
  } finally {
    await client.end();
  }
}

async function pending(
  client: Client,
  files: readonly Migration[],
  logger?: MigrateOptions['logger'],
): Promise<readonly Migration[]> {
  return (await isMigrated(client)) ? stillToApply(files, await readApplied(client), logger) : files;
}

async function isMigrated(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('authly_migrations') is not null as there`,
  );
  return rows[0]?.there === true;
}

// any number that no one else uses in this database; held to the end of each transaction
const LOCK = 4_151_872_401;

async function connect(options: MigrateOptions): Promise<Client> {
  return await connectAtStart(options.connectionString, { application_name: 'authly-migrate' });
}

/**
 * New tables belong beside the old ones, also where a schema that is named like the role came later and is now the first of the search path: the one
 * of the database proxies is called `authly`, and so is the usual role.
 */
async function stayInSchema(client: Client): Promise<void> {
  await client.query(
    `select set_config('search_path', format('%I, %s', n.nspname, current_setting('search_path')), false)
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass('authly_migrations')`,
  );
}

async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    // other servers that start at the same time wait here and then find the work done
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function applyNext(
  client: Client,
  files: readonly Migration[],
  logger: MigrateOptions['logger'],
): Promise<string | undefined> {
  // Asked before, since PostgreSQL wants the right to create even where there is nothing to create, which a role that only runs the server may
  // lack; `if not exists` all the same, since to_regclass may still not see what another server made while this one waited.
  if (!(await isMigrated(client)))
    await client.query(
      `create table if not exists authly_migrations (
         name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
    );
  const [next] = stillToApply(files, await readApplied(client), logger);
  if (next === undefined) return undefined;
  await client.query(next.text);
  await client.query('insert into authly_migrations (name, checksum) values ($1, $2)', [next.name, next.checksum]);
  return next.name;
}

async function readApplied(client: Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from authly_migrations',
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function stillToApply(
  files: readonly Migration[],
  applied: ReadonlyMap<string, string>,
  logger: MigrateOptions['logger'],
): readonly Migration[] {
  const last = [...applied.keys()].toSorted().at(-1) ?? '';
  for (const { name, checksum } of files) {
    const recorded = applied.get(name);
    if (recorded === undefined && name < last)
      throw new Error(`migration ${name} comes before ${last}, which is applied`);
    if (recorded !== undefined && recorded !== checksum)
      throw new Error(`migration ${name} was edited after it was applied`);
  }
  // a newer server may have migrated already while this one is still being replaced: that must not stop it
  const newer = [...applied.keys()].filter((name) => files.every((file) => file.name !== name));
  if (newer.length > 0) logger?.warn({ migrations: newer }, 'the database was migrated by a newer version');
  return files.filter((file) => !applied.has(file.name));
}
