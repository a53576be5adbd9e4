/** The cluster on disk: made whole or not at all, and recognised when it exists. */

import { existsSync } from 'node:fs';
import { chmod, lchown, mkdtemp, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from './binaries.js';
import type { Credentials } from './credentials.js';
import { EmbeddedPostgresError } from './failure.js';
import type { Account } from './place/account.js';
import type { DataDirectory } from './place/data-directory.js';
import { makePrivate } from './place/endpoint.js';
import { runBinary, type BinaryRun } from './run-binary.js';

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
export async function createCluster(
  place: DataDirectory,
  options: Pick<BinaryRun, 'binaries' | 'account' | 'onRunning'> & { readonly credentials: Credentials },
): Promise<void> {
  const { binaries, account, credentials, onRunning } = options;
  const { user, password, database } = credentials;
  const program = { binaries, account, directory: place.requested, onRunning };
  await removeUnfinished(place.home);
  const scratch = await mkdtemp(path.join(place.home, UNFINISHED));
  try {
    await makePrivate(scratch, account);
    const passwordFile = path.join(scratch, 'password');
    await writePassword(passwordFile, credentials.superuserPassword, account);
    const data = path.join(scratch, 'data');
    await runBinary({ ...program, program: 'initdb', args: initdbArguments(data, passwordFile, credentials) });
    // In single-user mode, without waiting for the disk, this takes half the time that it takes over a connection.
    const sql = `create role ${user} login password '${password}'\ncreate database ${database} owner ${user}\n`;
    await runBinary({ ...program, program: 'postgres', args: ['--single', '-F', '-D', data, 'postgres'], input: sql });
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

function initdbArguments(data: string, passwordFile: string, credentials: Credentials): readonly string[] {
  return [
    `--pgdata=${data}`,
    `--username=${credentials.superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Code point order and Unicode case rules that PostgreSQL brings itself: the same on every system, now and later,
    // where the C library's locales may be missing or change and so break indexes.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    // `syncCluster` does it while the server already answers.
    '--no-sync',
  ];
}

async function writePassword(file: string, password: string, account: Account): Promise<void> {
  await writeFile(file, `${password}\n`, { flag: 'wx', mode: 0o600 });
  await chmod(file, 0o600);
  if (account.switched) {
    await lchown(file, account.uid, account.gid);
  }
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
