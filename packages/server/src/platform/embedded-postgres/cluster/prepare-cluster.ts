/** Makes the cluster that first starts copy: once for an installation, complete or not at all, without a secret in it. */

import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findPackage } from '../binaries.js';
import { startEmbeddedPostgres } from '../embedded-postgres.js';
import type { EmbeddedPostgresLogger } from '../logger.js';
import { chooseAccount } from '../place/account.js';
import { makeTemporaryDirectory } from '../place/endpoint.js';
import { DATA, FINGERPRINT, fingerprintOf, PREPARED, preparedPlace } from './prepared-cluster.js';

export interface Preparation {
  /** A digest of what `migrate` makes. */
  readonly schema: string;
  /** Brings the empty database to that schema. */
  readonly migrate: (connectionString: string) => Promise<unknown>;
  readonly logger: EmbeddedPostgresLogger;
}

/** Answers where it lies. One that is there already stays; those of other versions go. */
export async function prepareCluster(preparation: Preparation): Promise<string> {
  const prepared = preparedPlace(findPackage(), preparation.schema);
  if (!(await isWhole(prepared))) {
    await mkdir(path.dirname(prepared), { recursive: true });
    const unfinished = `${prepared}.${randomBytes(6).toString('hex')}`;
    try {
      await make(unfinished, preparation);
      await rm(prepared, { recursive: true, force: true });
      await rename(unfinished, prepared);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  await removeOthers(prepared);
  return prepared;
}

async function isWhole(prepared: string): Promise<boolean> {
  try {
    return fingerprintOf(path.join(prepared, DATA)) === (await readFile(path.join(prepared, FINGERPRINT), 'utf8'));
  } catch {
    return false;
  }
}

/** By a server that is stopped again. Its passwords go with the directory that it ran in. */
async function make(unfinished: string, { migrate, logger }: Preparation): Promise<void> {
  const dataDirectory = await makeTemporaryDirectory('authly-prepare-', chooseAccount([]));
  try {
    const server = await startEmbeddedPostgres({ dataDirectory, logger, settings: { fsync: false } });
    try {
      await migrate(server.connectionString);
    } finally {
      await server.stop();
    }
    await mkdir(unfinished);
    await chmod(unfinished, 0o755);
    const data = path.join(unfinished, DATA);
    await copyReadable(server.dataDirectory, data);
    await writeFile(path.join(unfinished, FINGERPRINT), fingerprintOf(data));
  } finally {
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Whoever may run the programs may read it: the account that PostgreSQL runs under is not always the one that installs. */
async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      await copyReadable(source, target);
    } else if (!ABOUT_A_RUN.has(entry.name)) {
      await copyFile(source, target);
      await chmod(target, 0o644);
    }
  }
}

/** Left behind by a server, about itself. */
const ABOUT_A_RUN = new Set(['postmaster.opts', 'postmaster.pid']);

async function removeOthers(prepared: string): Promise<void> {
  const directory = path.dirname(prepared);
  const names = await readdir(directory);
  const others = names.filter((name) => name.startsWith(PREPARED) && name !== path.basename(prepared));
  await Promise.all(others.map((name) => rm(path.join(directory, name), { recursive: true, force: true })));
}
