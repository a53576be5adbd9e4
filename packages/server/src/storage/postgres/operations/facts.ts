/** What a database says of itself and of what is in it, for `authly doctor`. Changes nothing. */
import { connectAtStart } from '../connection/fitness.js';
import { pendingMigrations } from '../migrate.js';

export interface DatabaseFacts {
  readonly role: string;
  readonly isSuperuser: boolean;
  readonly maxConnections: number;
  readonly now: Date;
  /** Settings that make PostgreSQL forget what it confirmed. */
  readonly unsafe: readonly string[];
  readonly pending: readonly string[];
  readonly deadJobs: number;
  /** Ids of active clients. */
  readonly withoutPkce: readonly string[];
  readonly onPlainHttp: readonly string[];
}

export async function readFacts(connectionString: string): Promise<DatabaseFacts> {
  const pending = await pendingMigrations({ connectionString });
  const client = await connectAtStart(connectionString, { application_name: 'authly-doctor' });
  try {
    await client.query('begin read only');
    const { rows } = await client.query<Omit<DatabaseFacts, 'pending' | 'deadJobs' | 'withoutPkce' | 'onPlainHttp'>>(
      `select current_user as role, (select rolsuper from pg_roles where rolname = current_user) as "isSuperuser",
              current_setting('max_connections')::int as "maxConnections", clock_timestamp() as now,
              array(select name from unnest(array['fsync', 'full_page_writes', 'synchronous_commit']) as name
                     where current_setting(name) = 'off') as unsafe`,
    );
    const [first] = rows;
    if (first === undefined) throw new Error('the database did not answer');
    // Older schemas lack what is asked for below; it can be asked again after the migration.
    if (pending.length > 0) return { ...first, pending, deadJobs: 0, withoutPkce: [], onPlainHttp: [] };
    const counted = await client.query<Pick<DatabaseFacts, 'deadJobs' | 'withoutPkce' | 'onPlainHttp'>>(
      `select (select count(*)::int from jobs where dead_at is not null) as "deadJobs",
              array(select client_id::text from oauth_clients
                     where is_active and metadata ->> 'pkce' = 'off' order by created_at) as "withoutPkce",
              array(select client_id::text from oauth_clients
                     where is_active and exists (
                       select from jsonb_array_elements_text(coalesce(metadata -> 'redirect_uris', '[]')) as uri
                        where uri ~ '^http://' and uri !~ '^http://(localhost|127[.0-9]+|\\[::1\\])(:|/|$)')
                     order by created_at) as "onPlainHttp"`,
    );
    const [found] = counted.rows;
    if (found === undefined) throw new Error('the database did not answer');
    return { ...first, pending, ...found };
  } finally {
    await client.end();
  }
}
