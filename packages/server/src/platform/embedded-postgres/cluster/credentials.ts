/** The passwords of the embedded database: generated at the first start, kept in a file that only its owner can read. */

import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from '../failure.js';

export interface Credentials {
  readonly superuser: 'postgres';
  readonly superuserPassword: string;
  /** The role that the server works as: owner of its database, without further rights. */
  readonly user: 'authly';
  readonly password: string;
  readonly database: 'authly';
}

export function generateCredentials(): Credentials {
  return {
    superuser: 'postgres',
    superuserPassword: generatePassword(),
    user: 'authly',
    password: generatePassword(),
    database: 'authly',
  };
}

export async function readCredentials(directory: string): Promise<Credentials | undefined> {
  const file = credentialsFile(directory);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (text === undefined) {
    return undefined;
  }
  try {
    const stored = JSON.parse(text) as Partial<Credentials>;
    if (stored.superuserPassword && stored.password) {
      return { ...generateCredentials(), superuserPassword: stored.superuserPassword, password: stored.password };
    }
  } catch {
    // The parser's message would quote the file, which holds the passwords.
  }
  throw new EmbeddedPostgresError(
    'data-unknown',
    `${file} does not hold the database passwords. Delete it, and the next start sets new ones.`,
  );
}

/** The file appears complete or not at all, and survives a power failure. */
export async function writeCredentials(directory: string, credentials: Credentials): Promise<void> {
  const file = credentialsFile(directory);
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(credentials, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}

function generatePassword(): string {
  return randomBytes(32).toString('base64url');
}

function credentialsFile(directory: string): string {
  return path.join(directory, 'postgres-credentials.json');
}
