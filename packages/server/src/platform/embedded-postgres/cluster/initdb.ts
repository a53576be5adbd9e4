/** A cluster made by PostgreSQL's own programs: initdb, then our role and database in single-user mode. */

import { chmod, lchown, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from '../place/account.js';
import { runBinary, type BinaryRun } from '../run-binary.js';
import type { Credentials } from './credentials.js';

/** Who runs the programs, and what an error message names. */
export type Programs = Pick<BinaryRun, 'binaries' | 'account' | 'directory' | 'onRunning'>;

/** `data` is not there yet, in a directory that belongs to the account alone. Nothing is forced to the disk. */
export async function makeCluster(data: string, programs: Programs, credentials: Credentials): Promise<void> {
  const passwordFile = path.join(path.dirname(data), 'password');
  await writePassword(passwordFile, credentials.superuserPassword, programs.account);
  await runBinary({ ...programs, program: 'initdb', args: initdbArguments(data, passwordFile, credentials) });
  await execute(creation(credentials), { data, programs, isSynced: false });
}

/** Single-user mode asks for no password: whoever owns the data may set new ones. */
export async function setPasswords(
  data: string,
  programs: Programs,
  { credentials, isSynced }: { readonly credentials: Credentials; readonly isSynced: boolean },
): Promise<void> {
  const { superuser, superuserPassword, user, password } = credentials;
  const statements = [
    `alter role ${superuser} password '${superuserPassword}'`,
    `alter role ${user} password '${password}'`,
  ];
  await execute(statements, { data, programs, isSynced });
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

function creation({ user, password, database }: Credentials): readonly string[] {
  return [`create role ${user} login password '${password}'`, `create database ${database} owner ${user}`];
}

/** Takes half the time that it takes over a connection, and no more memory than a few statements need. */
async function execute(
  statements: readonly string[],
  { data, programs, isSynced }: { readonly data: string; readonly programs: Programs; readonly isSynced: boolean },
): Promise<void> {
  const args = ['--single', ...(isSynced ? [] : ['-F']), '-c', 'shared_buffers=1MB', '-D', data, 'postgres'];
  const input = statements.map((statement) => `${statement}\n`).join('');
  await runBinary({ ...programs, program: 'postgres', args, input });
}

async function writePassword(file: string, password: string, account: Account): Promise<void> {
  await writeFile(file, `${password}\n`, { flag: 'wx', mode: 0o600 });
  await chmod(file, 0o600);
  if (account.switched) {
    await lchown(file, account.uid, account.gid);
  }
}
