/** Tells at the start what would otherwise fail later: a database, a role or a pooler that Authly cannot work with, and what to do about it. */
import { type Client, type ClientConfig, DatabaseError } from 'pg';
import { DatabaseUnavailableError } from '../../../ports/store/unavailable.js';
import { connectToFirst, databaseHosts } from './hosts.js';

/** The database is there, and not one for Authly as it is. The message names the remedy. */
export class UnfitDatabaseError extends Error {
  override readonly name = 'UnfitDatabaseError';
}

interface Facts {
  readonly role: string;
  readonly database: string;
  readonly schema: string | null;
  readonly search_path: string;
  readonly version: number;
  readonly version_name: string;
  readonly encoding: string;
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
  readonly may_create: boolean;
  readonly may_use: boolean;
}

/** PostgreSQL 14 and newer are supported by their makers. */
const OLDEST = 140_000;

/** Refuses a database that the schema cannot live in, or that this role may not make it in. */
export async function refuseUnfit(client: Pick<Client, 'query'>): Promise<void> {
  const { rows } = await client.query<Facts>(
    `select current_user as role, current_database() as database, current_schema() as schema,
            current_setting('search_path') as search_path, current_setting('server_version_num')::int as version,
            current_setting('server_version') as version_name, current_setting('server_encoding') as encoding,
            pg_is_in_recovery() as is_standby, current_setting('transaction_read_only') = 'on' as is_read_only,
            coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) as may_create,
            coalesce(has_schema_privilege(current_schema(), 'USAGE'), false) as may_use`,
  );
  const refusal = rows[0] && refusalOf(rows[0]);
  if (refusal !== undefined) throw new UnfitDatabaseError(refusal);
}

function refusalOf(facts: Facts): string | undefined {
  const role = quote(facts.role);
  const database = quote(facts.database);
  if (facts.version < OLDEST)
    return `the database server is PostgreSQL ${facts.version_name}, and Authly needs 14 or newer: bring it up to date.`;
  if (facts.encoding !== 'UTF8')
    return `the database ${database} has the encoding ${facts.encoding}, and names need UTF8. Make another one: CREATE DATABASE authly ENCODING 'UTF8' TEMPLATE template0;`;
  if (facts.is_standby)
    return `the database server is a standby, which takes no writes. Name the primary in DATABASE_URL, or both with target_session_attrs=read-write.`;
  if (facts.is_read_only)
    return `the role ${role} may only read in ${database} (default_transaction_read_only). Run: ALTER ROLE ${role} SET default_transaction_read_only = off; and the same for the database, if it has it.`;
  if (facts.schema === null)
    return `none of the schemas in the search_path of ${role} (${facts.search_path}) is there in ${database}, or it may not use them. Run: CREATE SCHEMA ${firstSchema(facts)} AUTHORIZATION ${role};`;
  if (!facts.may_create || !facts.may_use)
    return `the role ${role} may not create tables in schema ${quote(facts.schema)} of ${database}. Run: GRANT CREATE, USAGE ON SCHEMA ${quote(facts.schema)} TO ${role}; or make it the owner.`;
  return undefined;
}

function firstSchema({ search_path, role }: Facts): string {
  const first = search_path.split(',')[0]?.trim() ?? '';
  return first === '' || first.includes('$user') ? quote(role) : first;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Connects, and says what to do about a connection that the database refused, where it is not only away. */
export async function connectAtStart(connectionString: string, config: ClientConfig): Promise<Client> {
  try {
    return await connectToFirst(databaseHosts(connectionString), { connectionTimeoutMillis: 15_000, ...config });
  } catch (error) {
    const cause = error instanceof DatabaseUnavailableError ? error.cause : undefined;
    const remedy = cause instanceof DatabaseError ? REMEDIES[cause.code ?? ''] : undefined;
    if (remedy === undefined || !(cause instanceof DatabaseError)) throw error;
    throw new UnfitDatabaseError(`the database refused the connection: ${cause.message}. ${remedy}`);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  '28P01': 'Check the user and the password in DATABASE_URL.',
  '28000':
    'Check the user in DATABASE_URL, and pg_hba.conf of the database server; "no encryption" there means: add sslmode=require.',
  '3D000': 'Make it with CREATE DATABASE, or name another one in DATABASE_URL.',
  '42501': 'Run: GRANT CONNECT ON DATABASE … TO …;',
  '53300': 'Raise max_connections there, or lower AUTHLY_POOL_MAX and the number of workers.',
};

/** Refuses a pooler that gives each transaction another session, where the settings do not say so. */
export async function refuseTransactionPooler(connectionString: string): Promise<void> {
  const open = (): Promise<Client> =>
    connectAtStart(connectionString, { application_name: 'authly-start', query_timeout: 5000 });
  const first = await open();
  try {
    // PostgreSQL tells each client the number of its process; a pooler makes numbers up.
    if (keyOf(first) === (await processOf(first)) || !(await sharesSessions(first, open))) return;
  } finally {
    await first.end().catch(() => undefined);
  }
  throw new UnfitDatabaseError(
    'DATABASE_URL leads to a pooler in transaction mode, which forgets prepared statements and notifications. Set AUTHLY_DATABASE_POOLER_MODE=transaction ' +
      '(and AUTHLY_DATABASE_DIRECT_URL to the database itself, so that changes are heard at once), give Authly a pool in session mode, or name the database itself.',
  );
}

/** A pooler in session mode keeps a session for its client; in transaction mode another client gets it in between. */
async function sharesSessions(first: Client, open: () => Promise<Client>): Promise<boolean> {
  const before = await processOf(first);
  const second = await open();
  try {
    await second.query('begin');
    if ((await processOf(second)) === before) return true;
    for (let look = 0; look < 8; look += 1) if ((await processOf(first)) !== before) return true;
    return false;
  } catch {
    // A pool of one session that the first client keeps: session mode.
    return false;
  } finally {
    await second.end().catch(() => undefined);
  }
}

async function processOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

function keyOf(client: Client): number {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : 0;
}
