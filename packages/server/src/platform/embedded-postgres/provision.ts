/** From a started postmaster to a usable database: wait until it answers, then make the role and the database once. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Credentials } from './credentials.js';
import { EmbeddedPostgresError } from './failure.js';
import type { EmbeddedPostgresLogger } from './logger.js';
import type { Endpoint } from './place/endpoint.js';
import type { Postmaster } from './process/postmaster.js';

export interface Provision {
  readonly postmaster: Postmaster;
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  readonly logger: EmbeddedPostgresLogger;
}

/** Answers PostgreSQL's version. A start that was killed half-way is completed: each part is made only when it is missing. */
export async function provisionDatabase(provision: Provision): Promise<string> {
  const client = await connectWhenReady(provision);
  try {
    const { user, password, database } = provision.credentials;
    const { rows } = await client.query<{ version: string; has_role: boolean; has_database: boolean }>(
      `select current_setting('server_version') as version,
              exists (select from pg_roles where rolname = $1) as has_role,
              exists (select from pg_database where datname = $2) as has_database`,
      [user, database],
    );
    const [state] = rows;
    if (state?.has_role !== true) {
      await client.query(`create role ${user} login password ${client.escapeLiteral(password)}`);
    }
    if (state?.has_database !== true) {
      await client.query(`create database ${database} owner ${user}`);
    }
    return state?.version.split(' ')[0] ?? '';
  } finally {
    await client.end();
  }
}

/** Recovery after a crash may take its time, so there is no limit as long as PostgreSQL lives. */
async function connectWhenReady(provision: Provision): Promise<Client> {
  const { postmaster, logger } = provision;
  for (let attempt = 1; ; attempt += 1) {
    // Its message is the fastest sign; settings that silence it must not make the start fail.
    const failure = await Promise.race([postmaster.ready, postmaster.exited, sleep(attempt === 1 ? 200 : 50)]);
    if (failure instanceof Error) {
      throw failure;
    }
    const client = await connect(provision);
    if (client !== undefined) {
      return client;
    }
    if (attempt % 200 === 0) {
      logger.info({}, 'PostgreSQL is still recovering its data');
    }
  }
}

async function connect({ endpoint, credentials }: Provision): Promise<Client | undefined> {
  const client = new Client({
    host: endpoint.host,
    port: endpoint.port,
    user: credentials.superuser,
    password: credentials.superuserPassword,
    database: 'postgres',
  });
  // A connection that breaks after its query was answered is the same event as the exit of PostgreSQL.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    refuseLasting(error);
    return undefined;
  }
}

/** Not listening yet, and starting up, pass; anything else stays. */
function refuseLasting(error: unknown): void {
  const code = (error as { readonly code?: string }).code ?? '';
  const isPassing = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P03'].includes(code);
  const isBroken = error instanceof Error && /terminated unexpectedly/.test(error.message);
  if (code === '28P01') {
    throw new EmbeddedPostgresError(
      'data-unknown',
      'The database does not know the passwords in postgres-credentials.json. Put the right file back into the data directory, or delete it, and the next start sets new passwords.',
    );
  }
  if (!isPassing && !isBroken) {
    throw error;
  }
}
