/** What every connection is told when it has been opened. */
import type { Client } from 'pg';

export interface PrepareOptions {
  readonly timeoutMilliseconds: number;
  readonly mustTakeWrites: boolean;
}

/** Sets the limits of a session; throws when the server is a standby and that will not do. */
export async function prepareConnection(client: Pick<Client, 'query'>, options: PrepareOptions): Promise<void> {
  // Set here and not as start-up parameters, which connection poolers refuse. Every statement of ours finds its rows by an
  // index; a plan made while a table was small must not turn into a scan of a large one, and none is worth compiling.
  const { rows } = await client.query<{ writable: boolean }>(
    `select set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false),
            set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false),
            set_config('timezone', 'UTC', false),
            not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable`,
    [String(options.timeoutMilliseconds)],
  );
  if (options.mustTakeWrites && rows[0]?.writable !== true) throw new Error('the server does not take writes');
}
