/**
 * A cluster that was made when the software was installed (`prepare-cluster.ts`). A first start copies it: initdb takes a
 * second, a copy a tenth of that. It lies beside the package with PostgreSQL's programs and is trusted as they are.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BinariesPackage } from '../binaries.js';
import { spawnAs } from '../place/account.js';
import { generateCredentials } from './credentials.js';
import { type Programs, shapeOf } from './initdb.js';

/** The names of all prepared clusters begin so. */
export const PREPARED = 'cluster-';
/** PostgreSQL's data directory, and the fingerprint of it, in the directory of a prepared cluster. */
export const DATA = 'data';
export const FINGERPRINT = 'fingerprint';

/** Where a cluster lies prepared that has this schema and is as this version makes it, if there is one. */
export function preparedPlace(found: BinariesPackage, schema: string): string {
  const shape = createHash('sha256').update([...shapeOf(generateCredentials()), schema].join('\n'));
  const name = `${PREPARED}${found.packageVersion}-${found.platform}-${shape.digest('hex').slice(0, 16)}`;
  return path.join(found.root, '../../../.cache/authly', name);
}

/**
 * Copies it to `data`, which then belongs to the account alone. `cp` works beside this process, which has more to do.
 * @throws Error when there is none, or when what was copied is not what was prepared.
 */
export async function copyPrepared(prepared: string, data: string, programs: Programs): Promise<void> {
  const expected = await readFile(path.join(prepared, FINGERPRINT), 'utf8');
  // The account may read what was prepared, but perhaps not pass through the directories above: it begins inside.
  const child = spawn('/bin/sh', ['-c', COPY, 'authly-copy', data], {
    ...spawnAs(programs.account),
    cwd: path.join(prepared, DATA),
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    stdio: 'ignore',
  });
  child.once('spawn', () => programs.onRunning?.());
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0 || fingerprintOf(data) !== expected) {
    throw new Error('the prepared database is damaged, or could not be copied');
  }
}

/** Names and sizes: what a full disk, a power failure or a cleaner of caches leaves behind differs in them. */
export function fingerprintOf(directory: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
  for (const name of names) {
    const stats = lstatSync(path.join(directory, name));
    hash.update(`${name} ${stats.isFile() ? stats.size : 'directory'}\n`);
  }
  return hash.digest('hex');
}

/** PostgreSQL wants its data closed to everyone else. */
const COPY = 'umask 077 && exec cp -R . "$1"';
