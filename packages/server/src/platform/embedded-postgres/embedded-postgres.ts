/**
 * A real PostgreSQL as a child of this process: for the first five minutes, for small installations and for tests.
 *
 * The steps of a start: 1 which account it runs under · 2 where its data lies · 3 the programs · 4 the lock · 5 what a dead
 * server left behind · 6 the cluster, with role and database · 7 start, and wait for the first answer · 8 force a new
 * cluster to the disk in the background. Whatever was taken up to a failing step is given back.
 */

import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findPackage, prepareBinaries } from './binaries.js';
import { syncCluster } from './cluster/cluster.js';
import { openCluster } from './cluster/open-cluster.js';
import { explainSystemError, type EmbeddedPostgresError } from './failure.js';
import { launch } from './launch.js';
import type { EmbeddedPostgresLogger } from './logger.js';
import { chooseAccount } from './place/account.js';
import { openDataDirectory, openTemporaryDirectory } from './place/data-directory.js';
import { lockData } from './place/data-lock.js';
import { clearLeftover } from './process/leftover.js';
import { connectionString } from './running-postgres.js';
import type { PostgresSettings } from './settings.js';

export type EmbeddedPostgresOptions = EmbeddedPostgresPlace & {
  readonly logger: EmbeddedPostgresLogger;
  /** PostgreSQL parameters that replace the defaults. */
  readonly settings?: PostgresSettings;
  /** `tcp` listens on 127.0.0.1 and a free port, for tools that cannot use a socket. */
  readonly transport?: 'socket' | 'tcp';
  /** Called once, as soon as a program of PostgreSQL runs: what can be done meanwhile can begin. */
  readonly onRunning?: (() => void) | undefined;
};

type EmbeddedPostgresPlace =
  /** The cluster lies in its subdirectory `postgres`. */
  | { readonly dataDirectory: string; readonly ephemeral?: false }
  /** Data in a temporary directory, nothing waits for the disk, everything is removed at the end. */
  | { readonly ephemeral: true; readonly dataDirectory?: string };

export interface EmbeddedPostgres {
  /** As the role `authly`, which owns the database `authly` and nothing else. Holds the password: never log it. */
  readonly connectionString: string;
  /** As the superuser. Holds the password: never log it. */
  readonly adminConnectionString: string;
  /** As the superuser, in the database `authly`. Holds the password: never log it. */
  readonly superuserConnectionString: string;
  /** The socket directory, or 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** For example `17.10`. */
  readonly version: string;
  /** True when this start made the database. */
  readonly firstStart: boolean;
  /** PostgreSQL's own directory, which may lie elsewhere than asked for. */
  readonly dataDirectory: string;
  readonly pid: number;
  /** The account that PostgreSQL runs under. */
  readonly account: string;
  /** Resolves when PostgreSQL ends, for whatever reason. */
  readonly exited: Promise<EmbeddedPostgresError>;
  /** Stops PostgreSQL with everything committed on disk. May be called more than once. */
  stop(): Promise<void>;
}

/** @throws EmbeddedPostgresError with a message that says what the operator can do. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const taken: (() => Promise<void>)[] = [];
  const giveBack = once(() => releaseAll(taken));
  try {
    return await start(options, taken, giveBack);
  } catch (error) {
    await giveBack().catch((cause: unknown) => options.logger.error({ err: cause }, 'the failed start left traces'));
    throw explainSystemError(error, options.dataDirectory ?? os.tmpdir());
  }
}

async function start(
  options: EmbeddedPostgresOptions,
  taken: (() => Promise<void>)[],
  giveBack: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const { logger } = options;
  const onRunning = options.onRunning && once(options.onRunning);
  const found = findPackage();
  const isDurable = !options.ephemeral;
  const account = chooseAccount(
    options.ephemeral ? [] : [path.join(options.dataDirectory, 'postgres'), options.dataDirectory],
  );
  const place = options.ephemeral
    ? await openTemporaryDirectory(account)
    : await openDataDirectory(options.dataDirectory, account, logger);
  if (!isDurable) {
    taken.push(() => rm(place.home, { recursive: true, force: true, maxRetries: 3 }));
  }
  const binaries = await prepareBinaries(found, account);
  const lock = await lockData(place.home, logger);
  taken.push(() => lock.release());
  await clearLeftover(place.cluster, logger);
  const opening = { binaries, account, isDurable, onRunning };
  const { credentials, firstStart } = await openCluster(place, opening);
  const scratch = isDurable ? [] : [place.home];
  const { endpoint, postmaster, version, stop } = await launch({
    place,
    binaries,
    account,
    credentials,
    scratch,
    options: { ...options, onRunning },
  });
  taken.push(stop);
  if (firstStart && isDurable) {
    const synced = syncCluster(place, { binaries, account }).catch((error: unknown) => {
      logger.error({ err: error }, 'the new database could not be forced to the disk');
    });
    taken.push(() => synced);
  }
  logger.info(
    { version, pid: postmaster.pid, dataDirectory: place.cluster, firstStart },
    'embedded PostgreSQL is ready',
  );
  return {
    connectionString: connectionString(endpoint, credentials),
    adminConnectionString: connectionString(endpoint, {
      user: credentials.superuser,
      password: credentials.superuserPassword,
      database: 'postgres',
    }),
    superuserConnectionString: connectionString(endpoint, {
      user: credentials.superuser,
      password: credentials.superuserPassword,
      database: credentials.database,
    }),
    host: endpoint.host,
    port: endpoint.port,
    user: credentials.user,
    password: credentials.password,
    database: credentials.database,
    version,
    firstStart,
    dataDirectory: place.cluster,
    pid: postmaster.pid ?? 0,
    account: account.name,
    exited: postmaster.exited,
    stop: giveBack,
  };
}

function once<Result>(action: () => Result): () => Result {
  let done: { readonly result: Result } | undefined;
  return () => (done ??= { result: action() }).result;
}

/** In the opposite order of taking; one that fails does not keep the others. */
async function releaseAll(taken: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const release of taken.toReversed()) {
    await release().catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) {
    throw errors[0];
  }
}
