/** Private files that are replaced in one step: a reader sees the old text or the new one, whatever dies in between. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StorageError } from '../errors/storage-error.js';

const privateFile = 0o600;
const privateDirectory = 0o700;
const debrisAgeMs = 60_000;

/** Reads a private file; `undefined` when there is none. Loosened permissions are repaired and reported. */
export function readPrivateFile(path: string, onRepair?: (path: string, mode: string) => void): string | undefined {
  try {
    const text = fs.readFileSync(path, 'utf8');
    repair(path, 0o077, onRepair);
    return text;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw fileError('read', path, cause);
  }
}

/** Replaces a private file: written and flushed beside the old one, then renamed over it. Synchronous, so that no turn of the event loop can lose it. */
export function writePrivateFile(path: string, text: string): void {
  const target = realPath(path);
  const temporary = `${target}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    makePrivateDirectory(dirname(target));
    const file = fs.openSync(temporary, 'wx', privateFile);
    try {
      fs.writeFileSync(file, text);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    renamePatiently(temporary, target);
    flushDirectory(dirname(target));
    sweepDebris(target);
  } catch (cause) {
    fs.rmSync(temporary, { force: true });
    throw fileError('write', path, cause);
  }
}

/**
 * Makes a directory for its owner alone, and closes one that others can look into or write to. Passing through is left to whoever has it: a database
 * under an account of its own may lie below, and the files here are private by themselves.
 */
export function makePrivateDirectory(path: string, onRepair?: (path: string, mode: string) => void): void {
  fs.mkdirSync(path, { recursive: true, mode: privateDirectory });
  if (path === homedir() || path === process.cwd() || (fs.statSync(path).mode & 0o1000) !== 0) return;
  repair(path, 0o066, onRepair);
}

/** The `code` of a system error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function repair(path: string, unwanted: number, onRepair: ((path: string, mode: string) => void) | undefined): void {
  if (process.platform === 'win32') return;
  const found = fs.statSync(path).mode & 0o777;
  if ((found & unwanted) === 0) return;
  try {
    fs.chmodSync(path, found & ~unwanted);
    onRepair?.(path, found.toString(8));
  } catch {
    // Someone else's file, or a read-only disk: reading it is still right.
  }
}

function realPath(path: string): string {
  try {
    // A symbolic link (dotfile managers make them) must keep pointing at its file.
    return fs.realpathSync(path);
  } catch {
    return path;
  }
}

/** Virus scanners and indexers on Windows hold a file for some milliseconds after it was written. */
function renamePatiently(from: string, to: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const busy = codeOf(error) === 'EPERM' || codeOf(error) === 'EBUSY' || codeOf(error) === 'EACCES';
      if (!busy || process.platform !== 'win32' || attempt === 10) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function flushDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(directory);
  } catch {
    // Some network file systems cannot flush a directory; the rename itself has happened.
  } finally {
    fs.closeSync(directory);
  }
}

/** Removes what a process that died between writing and renaming left behind. */
function sweepDebris(target: string): void {
  const directory = dirname(target);
  for (const name of fs.readdirSync(directory)) {
    if (!name.startsWith(`${basename(target)}.`) || !name.endsWith('.tmp')) continue;
    const path = join(directory, name);
    const age = Date.now() - (fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > debrisAgeMs) fs.rmSync(path, { force: true });
  }
}

function fileError(action: 'read' | 'write', path: string, cause: unknown): StorageError {
  const code = codeOf(cause);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new StorageError({
    failure: full ? 'too_large' : 'denied',
    message: `Could not ${action} ${path}.`,
    reason: full ? 'The disk is full.' : `The operating system refused it (${code ?? 'unknown'}).`,
    hint: full ? 'Free some space and try again.' : 'Check who owns the file and its directory, and their permissions.',
    cause,
  });
}
