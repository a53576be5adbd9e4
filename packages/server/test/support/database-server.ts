/**
 * One throw-away PostgreSQL for a whole test run, whichever projects take part in it. Tests reach it through
 * `createTestDatabase()`. When the run is killed, PostgreSQL's watchdog stops it and removes its directory.
 */

import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/platform/embedded-postgres/embedded-postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A role that may create databases and roles, on the server of this run. */
    databaseUrl: string;
  }
}

interface SharedServer {
  readonly server: Promise<EmbeddedPostgres>;
  users: number;
}

/** Each project evaluates this module anew in the same process; the server hangs on the process. */
const shared = globalThis as { authlyDatabaseServer?: SharedServer };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const current = (shared.authlyDatabaseServer ??= { server: startServer(), users: 0 });
  current.users += 1;
  project.provide('databaseUrl', (await current.server).connectionString);
  return async () => {
    current.users -= 1;
    if (current.users === 0) {
      delete shared.authlyDatabaseServer;
      await (await current.server).stop();
    }
  };
}

async function startServer(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    ephemeral: true,
    logger: { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error },
    settings: { max_connections: 200, autovacuum: false },
  });
  const admin = new Client({ connectionString: server.adminConnectionString });
  await admin.connect();
  await admin.query(`alter role ${server.user} createdb createrole`);
  await admin.end();
  return server;
}
