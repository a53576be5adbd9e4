/** The data key in a private file, for computers without a keyring. Stops backups and casual reads, not another program of the same user. */
import { randomBytes } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../errors/storage-error.js';
import { codeOf, makePrivateDirectory, readPrivateFile } from './atomic-file.js';

/** Reads the key file (32 bytes, base64url); `undefined` when there is none. */
export function readKeyFile(path: string): Buffer | undefined {
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length === 32) return key;
  throw new StorageError({
    failure: 'corrupt',
    message: `The key file ${path} does not hold a key.`,
    reason: 'It should be 32 bytes in base64url.',
    hint: 'Restore the file from a backup, or move it away and log in again.',
  });
}

/** Reads the key file, making it first if needed; two processes that make it at once end with the same key. */
export function ensureKeyFile(path: string): Buffer {
  const found = readKeyFile(path);
  if (found) return found;
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    makePrivateDirectory(dirname(path));
    writeFileSync(temporary, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    // A link appears complete or not at all, and never replaces a key that another process has made meanwhile.
    linkSync(temporary, path);
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw unwritable(path, cause);
  } finally {
    rmSync(temporary, { force: true });
  }
  const key = readKeyFile(path);
  if (key) return key;
  throw unwritable(path, undefined);
}

function unwritable(path: string, cause: unknown): StorageError {
  return new StorageError({
    failure: 'denied',
    message: `The key file ${path} could not be written.`,
    reason: `The operating system refused it (${codeOf(cause) ?? 'unknown'}).`,
    hint: 'Check the permissions of its directory, or choose memory storage.',
    cause,
  });
}
