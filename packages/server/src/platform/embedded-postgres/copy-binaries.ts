/** Our own copy of the PostgreSQL programs: made once a package version, readable by every account, never half there. */

import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { Binaries, BinariesPackage } from './binaries.js';
import { EmbeddedPostgresError } from './failure.js';
import { closedDirectory, type Account } from './place/account.js';

/** Needed to build against PostgreSQL, not to run it. */
const LEFT_OUT = /\.a$|^pkgconfig$|^pgxs$/;

export async function copyBinaries(found: BinariesPackage, account: Account): Promise<Binaries> {
  const reasons: string[] = [];
  for (const cache of cacheDirectories()) {
    try {
      return await copyInto(cache, found, account);
    } catch (error) {
      reasons.push(`${cache}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EmbeddedPostgresError(
    'binaries-missing',
    `The PostgreSQL programs could not be copied to a place where the account "${account.name}" can run them.\n${reasons.join('\n')}`,
  );
}

async function copyInto(cache: string, found: BinariesPackage, account: Account): Promise<Binaries> {
  const uid = process.getuid?.() ?? 0;
  const root = path.join(cache, `postgres-${found.packageVersion}-${found.platform}`);
  if ((await mkdir(cache, { recursive: true })) !== undefined) {
    await chmod(cache, 0o755);
  }
  await refuseForeign(cache, uid);
  const closed = closedDirectory(cache, account);
  if (closed !== undefined) {
    throw new Error(`the account "${account.name}" may not enter ${closed}`);
  }
  if (existsSync(root)) {
    await refuseForeign(root, uid);
    return { ...found, root };
  }
  const unfinished = `${root}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await copyTree(found.root, unfinished);
    await makeLinks(unfinished, found);
    await rename(unfinished, root);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another server finished the same copy first: its result is as good as ours.
    if (!existsSync(root)) {
      throw error;
    }
  }
  return { ...found, root };
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  const entries = (await readdir(from, { withFileTypes: true })).filter((entry) => !LEFT_OUT.test(entry.name));
  const isProgram = path.basename(from) === 'bin';
  for (const entry of entries) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      await copyTree(source, target);
    }
    if (entry.isFile()) {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, isProgram ? 0o755 : 0o644);
    }
  }
}

/** The package lists its links relative to its own directory, of which `native` is the part that is copied. */
async function makeLinks(root: string, found: BinariesPackage): Promise<void> {
  for (const link of found.links) {
    const target = path.join(root, path.relative('native', link.target));
    await symlink(path.relative(path.dirname(link.target), link.source), target);
  }
}

function cacheDirectories(): readonly string[] {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) {
    return ['/var/cache/authly', path.join(os.tmpdir(), 'authly-0'), '/tmp/authly-0'];
  }
  const cache = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
  return [path.join(cache, 'authly'), path.join(os.tmpdir(), `authly-${uid}`)];
}

/** A directory with a name that can be guessed may have been put there by someone else, with programs of their own. */
async function refuseForeign(directory: string, uid: number): Promise<void> {
  const [link, stats] = [await lstat(directory), await stat(directory)];
  if (link.uid !== uid || stats.uid !== uid || (stats.mode & 0o022) !== 0) {
    throw new Error('it belongs to another account or others may write to it');
  }
}
