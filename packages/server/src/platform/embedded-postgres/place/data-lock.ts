/**
 * One server a data directory. The lock is a file that says who holds it; it is taken over when its holder no longer
 * lives. PostgreSQL's own lock stands behind it, so that even a lost race here cannot put two servers to work on the data.
 */

import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError } from '../failure.js';
import type { EmbeddedPostgresLogger } from '../logger.js';
import { processIdentity } from '../process/identity.js';

export interface DataLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** The start of the process, so that a pid that was given to another program is recognised. */
  readonly identity: string;
  readonly host: string;
  readonly since: string;
}

/** @throws EmbeddedPostgresError `data-in-use` when a living server holds the lock. */
export async function lockData(home: string, logger: EmbeddedPostgresLogger): Promise<DataLock> {
  const file = path.join(home, 'postgres.lock');
  const mine = `${file}.${randomBytes(6).toString('hex')}`;
  const text = JSON.stringify(describeThisProcess());
  await writeFile(mine, text, { flag: 'wx', mode: 0o644 });
  try {
    while (!(await tryLink(mine, file))) {
      await removeStale(file, home, logger);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return {
    release: async () => {
      if ((await readText(file)) === text) {
        await rm(file, { force: true });
      }
    },
  };
}

/** A link appears with its content or not at all, unlike a file that is created and then written. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function removeStale(file: string, home: string, logger: EmbeddedPostgresLogger): Promise<void> {
  const seen = await readText(file);
  if (seen === undefined) {
    return;
  }
  const holder = parse(seen);
  if (holder !== undefined && holds(holder)) {
    throw new EmbeddedPostgresError(
      'data-in-use',
      `The data in ${home} is in use by another server (pid ${holder.pid}, since ${holder.since}). Stop that server (kill ${holder.pid}), or start this one with another data directory.`,
    );
  }
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  await rename(file, aside).catch(ignoreMissing);
  if ((await readText(aside)) !== seen) {
    // Another server removed the stale lock first and this is its new one: give it back, and meet it in the next round.
    await tryLink(aside, file).catch(ignoreMissing);
  }
  await rm(aside, { force: true });
  logger.warn(
    { pid: holder?.pid, since: holder?.since },
    'the previous server did not stop properly; its lock was removed',
  );
}

function holds(holder: Holder): boolean {
  // Process ids of another machine or container say nothing here. A container that was killed and made again has a new
  // name, and must be able to start on its volume.
  return holder.host === os.hostname() && processIdentity(holder.pid) === holder.identity;
}

function describeThisProcess(): Holder {
  const identity = processIdentity(process.pid) ?? '';
  return { pid: process.pid, identity, host: os.hostname(), since: new Date().toISOString() };
}

function parse(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const isHolder = typeof value?.pid === 'number' && typeof value.identity === 'string';
    return isHolder ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    ignoreMissing(error as NodeJS.ErrnoException);
    return undefined;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
