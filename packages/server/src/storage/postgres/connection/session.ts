/** What every connection is told when it has been opened, whatever the database, the role or a pooler made of it before. */
import type { Client } from 'pg';

export interface SessionOptions {
  /** How long a statement may take; without it there is no limit, whatever the role has. */
  readonly timeoutMilliseconds?: number;
  readonly mustTakeWrites?: boolean;
  /** The connection leads to a pooler that gives every transaction another session (`database.pooler_mode = transaction`). */
  readonly isSharedSession?: boolean;
}

/** The forms in which the driver reads values. A pooler in transaction mode remembers them for each of its clients. */
const FORMS = {
  client_encoding: 'UTF8',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  standard_conforming_strings: 'on',
};

/** What a role or a database may have set otherwise, and statements rest on. */
const MEANING = {
  bytea_output: 'hex',
  transform_null_equals: 'off',
  array_nulls: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  lock_timeout: '0',
  idle_session_timeout: '0',
};

// Every statement of ours finds its rows by an index; a plan made while a table was small must not turn into a scan of a large one, and
// none is worth compiling. The statements of every login go further, because tables are empty when a server starts for the first time:
// they look up rows one by one (`lateral … offset 0`), since a join of whole tables that were empty when it was planned reads all of them
// later; and they hide how long a list is (`(select $1::text[])`), since otherwise PostgreSQL plans them anew for every call, which costs
// more than they do.
const PLANS = { enable_seqscan: 'off', jit: 'off' };

/**
 * Sets what a session needs; throws when the server is a standby and that will not do. Set here and not as start-up parameters, which
 * connection poolers refuse.
 */
export async function prepareSession(client: Pick<Client, 'query'>, options: SessionOptions): Promise<void> {
  const timeout = String(options.timeoutMilliseconds ?? 0);
  const limits = { statement_timeout: timeout, idle_in_transaction_session_timeout: timeout };
  // In a session that belongs to others as well, only what the pooler remembers for us may be set.
  const settings: Record<string, string> = options.isSharedSession
    ? FORMS
    : { ...FORMS, ...MEANING, ...PLANS, ...limits };
  const { rows } = await client.query<{ writable: boolean }>(
    // A setting that this version of PostgreSQL lacks (idle_session_timeout before 14) is left out.
    `select (select count(set_config(setting, wanted.value, false))
               from unnest($1::text[], $2::text[]) as wanted (setting, value)
              where current_setting(setting, true) is not null),
            not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable`,
    [Object.keys(settings), Object.values(settings)],
  );
  if (options.mustTakeWrites === true && rows[0]?.writable !== true) throw new Error('the server does not take writes');
}
