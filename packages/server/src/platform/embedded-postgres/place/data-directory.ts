/**
 * Where the cluster lies: in `<data directory>/postgres`. When the account that runs PostgreSQL cannot enter that place
 * (a server of root with its home in /root), the cluster lies below /var/lib/authly and the same name is a symbolic link to
 * it, so the data is found again at the next start and the operator sees where it went.
 */

import { createHash } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { chmod, mkdir, readlink, realpath, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from '../failure.js';
import type { EmbeddedPostgresLogger } from '../logger.js';
import { clearLeftover } from '../process/leftover.js';
import { closedDirectory, type Account } from './account.js';
import { lockData } from './data-lock.js';
import { makeTemporaryDirectory } from './endpoint.js';

export interface DataDirectory {
  /** The directory as the operator named it; generated passwords are kept here. */
  readonly requested: string;
  /** The directory that really holds the cluster, its lock and its socket. */
  readonly home: string;
  /** PostgreSQL's own data directory. */
  readonly cluster: string;
}

/** Made by root where the requested directory is closed to the account; one directory for each requested path. */
const REACHABLE_DATA = '/var/lib/authly';

export async function openDataDirectory(
  directory: string,
  account: Account,
  logger: EmbeddedPostgresLogger,
  reachableData = REACHABLE_DATA,
): Promise<DataDirectory> {
  // Other accounts may pass through root's directory to the cluster but not list it; the secrets in it are 0600.
  await mkdir(directory, { recursive: true, mode: account.switched ? 0o711 : 0o700 });
  // One name for one place: an abandoned PostgreSQL is recognised by the directory on its command line.
  const requested = await realpath(directory);
  const cluster = path.join(requested, 'postgres');
  const found = lstatSync(cluster, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) {
    return followLink(requested, cluster, account);
  }
  const closed = closedDirectory(requested, account);
  if (closed === undefined) {
    return { requested, home: requested, cluster };
  }
  if (found !== undefined) {
    throw new EmbeddedPostgresError(
      'permission',
      `The database in ${cluster} cannot be reached by the account "${account.name}", which may not enter ${closed}. Open that directory for passing through (chmod o+x ${closed}) or move the data.`,
    );
  }
  return relocate(requested, closed, account, logger, reachableData);
}

/** A directory for an ephemeral server: removed when it stops. */
export async function openTemporaryDirectory(account: Account): Promise<DataDirectory> {
  const home = await makeTemporaryDirectory('authly-ephemeral-', account);
  return { requested: home, home, cluster: path.join(home, 'postgres') };
}

async function followLink(requested: string, link: string, account: Account): Promise<DataDirectory> {
  const cluster = path.resolve(requested, await readlink(link));
  const home = path.dirname(cluster);
  if (!existsSync(home)) {
    throw new EmbeddedPostgresError(
      'data-missing',
      `The database belonging to ${requested} was kept in ${cluster}, which no longer exists. Restore it, or delete the link ${link} to begin with an empty database.`,
    );
  }
  const closed = closedDirectory(home, account);
  if (closed !== undefined) {
    throw new EmbeddedPostgresError(
      'permission',
      `${link} points to ${cluster}, but the account "${account.name}" may not enter ${closed}.`,
    );
  }
  return { requested, home, cluster };
}

async function relocate(
  requested: string,
  closed: string,
  account: Account,
  logger: EmbeddedPostgresLogger,
  reachableData: string,
): Promise<DataDirectory> {
  const hash = createHash('sha256').update(requested).digest('hex').slice(0, 12);
  const home = path.join(reachableData, hash);
  const cluster = path.join(home, 'postgres');
  await mkdir(home, { recursive: true });
  await setAside(home, cluster, requested, logger);
  await chmod(reachableData, 0o711);
  await chmod(home, 0o711);
  const link = path.join(requested, 'postgres');
  await symlink(cluster, link).catch((error: NodeJS.ErrnoException) => {
    // Two servers that start at once make the same link; the lock decides which of them goes on.
    if (error.code !== 'EEXIST') {
      throw error;
    }
  });
  logger.info(
    { dataDirectory: cluster, link, account: account.name },
    `PostgreSQL runs as "${account.name}", which may not enter ${closed}; its data is kept in ${cluster}`,
  );
  return { requested, home, cluster };
}

/**
 * A database without the link to it: the operator deleted the requested directory, and with it the secrets that the data
 * was encrypted with, to begin anew. The data is kept, for it is not ours to delete, but no longer used.
 */
async function setAside(home: string, cluster: string, requested: string, logger: EmbeddedPostgresLogger) {
  if (!existsSync(cluster)) {
    return;
  }
  // Someone may have deleted the directory of a server that still runs.
  const lock = await lockData(home, logger);
  await clearLeftover(cluster, logger);
  await lock.release();
  const aside = `${home}.${new Date().toISOString().replaceAll(/[-:]|\..*/g, '')}`;
  await rename(home, aside);
  await mkdir(home);
  logger.warn(
    { dataDirectory: aside },
    `${requested} had been deleted; the database that belonged to it was moved to ${aside}. Delete it when it is not needed.`,
  );
}
