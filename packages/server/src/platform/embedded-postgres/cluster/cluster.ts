/** The cluster on disk: made whole or not at all, and recognised when it exists. */

import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from '../binaries.js';
import { EmbeddedPostgresError } from '../failure.js';
import type { Account } from '../place/account.js';
import type { DataDirectory } from '../place/data-directory.js';
import { makePrivate } from '../place/endpoint.js';
import { runBinary } from '../run-binary.js';
import type { Credentials } from './credentials.js';
import { makeCluster, type Programs } from './initdb.js';

export interface ClusterPlan extends Pick<Programs, 'binaries' | 'account' | 'onRunning'> {
  readonly credentials: Credentials;
}

/** The name of an unfinished cluster begins so. */
const UNFINISHED = 'postgres.initdb-';

/** @throws EmbeddedPostgresError when something else than a cluster of this version lies there. */
export async function findCluster(cluster: string, binaries: Binaries, account: Account): Promise<boolean> {
  const names = await readdir(cluster).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [] as string[];
    }
    throw error;
  });
  if (names.length === 0) {
    return false;
  }
  if (!names.includes('PG_VERSION')) {
    throw new EmbeddedPostgresError(
      'data-unknown',
      `${cluster} is not empty and is not a PostgreSQL database. Move it away, or choose another data directory.`,
    );
  }
  const version = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (version !== binaries.major) {
    throw new EmbeddedPostgresError(
      'data-version',
      `${cluster} was made by PostgreSQL ${version}, and this version of Authly brings PostgreSQL ${binaries.major}. Start the version that made it, export the data with pg_dump, and import it into a new data directory.`,
    );
  }
  const owner = (await stat(cluster)).uid;
  if (owner !== account.uid) {
    throw new EmbeddedPostgresError(
      'permission',
      `${cluster} belongs to the user id ${owner}, but PostgreSQL would run as "${account.name}" (${account.uid}). Start the server as the account that made the data (or as root), or give the data to this one: chown -R ${account.name} ${cluster}`,
    );
  }
  return true;
}

/** The cluster gets its final name only when it is complete: what a killed start left behind is removed here. */
export async function createCluster(place: DataDirectory, plan: ClusterPlan): Promise<void> {
  const { binaries, account, credentials, onRunning } = plan;
  const programs = { binaries, account, directory: place.requested, onRunning };
  await removeUnfinished(place.home);
  const scratch = await mkdtemp(path.join(place.home, UNFINISHED));
  try {
    await makePrivate(scratch, account);
    const data = path.join(scratch, 'data');
    await makeCluster(data, programs, credentials);
    await rename(data, place.cluster);
    await syncDirectory(place.home);
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Forces the files of a new cluster to the disk. Until it is done, in the first second of the first start, a power failure
 * can spoil the cluster; what PostgreSQL writes itself is safe from the beginning.
 */
export async function syncCluster(
  place: DataDirectory,
  options: { readonly binaries: Binaries; readonly account: Account },
): Promise<void> {
  const args = ['--sync-only', `--pgdata=${place.cluster}`];
  await runBinary({ ...options, program: 'initdb', args, directory: place.requested });
}

async function removeUnfinished(home: string): Promise<void> {
  const names = existsSync(home) ? await readdir(home) : [];
  const unfinished = names.filter((name) => name.startsWith(UNFINISHED));
  await Promise.all(
    // The initdb of a killed start may still be writing; what cannot be removed now goes at the next first start.
    unfinished.map((name) =>
      rm(path.join(home, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined),
    ),
  );
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
