/** From a started postmaster to a usable database: wait until it answers, then make the role and the database once. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Credentials } from './credentials.js';
import type { EmbeddedPostgresLogger } from './logger.js';
import type { Endpoint } from './place/endpoint.js';
import type { Postmaster } from './process/postmaster.js';

export interface Provision {
  readonly postmaster: Postmaster;
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  readonly logger: EmbeddedPostgresLogger;
  /** The passwords are new: the role gets its one again. */
  readonly renewPassword: boolean;
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
    if (state?.has_role === true && provision.renewPassword) {
      await client.query(`alter role ${user} password ${client.escapeLiteral(password)}`);
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
async function connectWhenReady({ postmaster, endpoint, credentials, logger }: Provision): Promise<Client> {
  let failure: Error | undefined;
  void postmaster.exited.then((error) => (failure = error));
  for (let attempt = 1; ; attempt += 1) {
    if (failure !== undefined) {
      throw failure;
    }
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
    }
    if (attempt % 500 === 0) {
      logger.info({}, 'PostgreSQL is still recovering its data');
    }
    await sleep(10);
  }
}

/** Not listening yet, and starting up, pass; anything else (a wrong password) stays. */
function refuseLasting(error: unknown): void {
  const code = (error as { readonly code?: string }).code ?? '';
  const isPassing = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P03'].includes(code);
  const isBroken = error instanceof Error && /terminated unexpectedly/.test(error.message);
  if (!isPassing && !isBroken) {
    throw error;
  }
}
