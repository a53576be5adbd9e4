/**
 * The account that PostgreSQL runs under. PostgreSQL refuses to run as root, so a server started by root hands it to an
 * account without privileges: the owner of the data, an account named `authly` if the administrator made one, or `nobody`.
 * Any program that runs as the same account can read the data, which is why a dedicated `authly` account is preferred.
 */

import { existsSync, lstatSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { EmbeddedPostgresError } from '../failure.js';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  /** True when PostgreSQL runs under another account than this process. */
  readonly switched: boolean;
}

/** `owned` lists the paths whose owner decides, the most telling first. */
export function chooseAccount(owned: readonly string[]): Account {
  const uid = process.getuid?.() ?? 0;
  const accounts = readAccounts();
  if (uid !== 0) {
    const name = accounts.find((account) => account.uid === uid)?.name ?? String(uid);
    return { uid, gid: process.getgid?.() ?? uid, name, switched: false };
  }
  const owners = owned.map(ownerOf).filter((owner) => owner !== undefined && owner !== 0);
  const wanted = [
    ...owners.map((owner) => accounts.find((account) => account.uid === owner)),
    accounts.find((account) => account.name === 'authly'),
    accounts.find((account) => account.name === 'nobody'),
  ];
  const account = wanted.find((candidate) => candidate !== undefined && candidate.uid > 0);
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'account',
      'PostgreSQL does not run as root and this system has no account "authly" or "nobody". Create one (useradd --system authly) or run the server as an ordinary user.',
    );
  }
  return { ...account, switched: true };
}

/** The first directory on the way to `target` that the account may not enter, or undefined when the way is free. */
export function closedDirectory(target: string, account: Account): string | undefined {
  if (!account.switched) {
    return undefined;
  }
  const canonical = existsSync(target) ? realpathSync(target) : path.resolve(target);
  const parts = canonical.split(path.sep);
  const ways = parts.map((_, index) => parts.slice(0, index + 1).join(path.sep) || path.sep);
  return ways.find((way) => {
    const stats = statSync(way, { throwIfNoEntry: false });
    return stats !== undefined && stats.isDirectory() && !allows(stats, account, 0o1);
  });
}

/** Whether the mode bits grant the account all of `bits` (4 read, 2 write, 1 enter or execute). */
export function allows(stats: Stats, account: Account, bits: number): boolean {
  if (stats.uid === account.uid) {
    return ((stats.mode >> 6) & bits) === bits;
  }
  if (stats.gid === account.gid) {
    return ((stats.mode >> 3) & bits) === bits;
  }
  return (stats.mode & bits) === bits;
}

/** What child_process.spawn needs to run as the account. */
export function spawnAs(account: Account): { readonly uid?: number; readonly gid?: number } {
  return account.switched ? { uid: account.uid, gid: account.gid } : {};
}

function ownerOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.uid ?? lstatSync(file, { throwIfNoEntry: false })?.uid;
}

function readAccounts(): readonly { readonly name: string; readonly uid: number; readonly gid: number }[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
