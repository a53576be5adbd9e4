/** Waiting for a started postmaster to answer a query, which is the only proof that it works. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Credentials } from './cluster/credentials.js';
import { EmbeddedPostgresError } from './failure.js';
import type { EmbeddedPostgresLogger } from './logger.js';
import type { Endpoint } from './place/endpoint.js';
import type { Postmaster } from './process/postmaster.js';

export interface FirstAnswer {
  readonly postmaster: Postmaster;
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  readonly logger: EmbeddedPostgresLogger;
}

/** Answers PostgreSQL's version, for example `17.10`. */
export async function awaitFirstAnswer(expected: FirstAnswer): Promise<string> {
  const client = await connectWhenReady(expected);
  try {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`);
    return rows[0]?.version.split(' ')[0] ?? '';
  } finally {
    await client.end();
  }
}

/** Recovery after a crash may take its time, so there is no limit as long as PostgreSQL lives. */
async function connectWhenReady(expected: FirstAnswer): Promise<Client> {
  const { postmaster, logger } = expected;
  for (let attempt = 1; ; attempt += 1) {
    // Its message is the fastest sign; settings that silence it must not make the start fail.
    const sign = attempt === 1 ? [postmaster.ready, sleep(200)] : [sleep(50)];
    const failure = await Promise.race([postmaster.exited, ...sign]);
    if (failure instanceof Error) {
      throw failure;
    }
    const client = await connect(expected);
    if (client !== undefined) {
      return client;
    }
    if (attempt % 200 === 0) {
      logger.info({}, 'PostgreSQL is still recovering its data');
    }
  }
}

async function connect({ endpoint, credentials }: FirstAnswer): Promise<Client | undefined> {
  const client = new Client({
    host: endpoint.host,
    port: endpoint.port,
    user: credentials.user,
    password: credentials.password,
    database: credentials.database,
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
