/** A lock between processes, made of one file that only its owner, or the finder of a dead owner, removes. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { systemClock, type Clock } from '../clock.js';
import { codeOf } from './atomic-file.js';
import type { LockOptions } from './token-store.js';

const heartbeatMs = 5_000;
const staleMs = 30_000;
/** A process that dies between creating the file and signing it leaves it empty. */
const unsignedMs = 2_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly owner: string;
  readonly started: string;
}

/** How a lock is waited for, and who is told when it was not obtained. */
export interface ProcessLockOptions<T> extends LockOptions<T> {
  readonly clock?: Clock;
  /** Called when the work goes on without the lock. */
  readonly onUnlocked?: (reason: string) => void;
}

/**
 * Runs work while holding the lock file. After the time limit, or where no lock file can be made, the work runs without it: a server that
 * repeats its answer to the same refresh token makes that safe, and a user who waits for ever is worse.
 */
export async function withProcessLock<T>(
  path: string,
  work: () => Promise<T>,
  options: ProcessLockOptions<T> = {},
): Promise<T> {
  const clock = options.clock ?? systemClock;
  const deadline = clock.now() + (options.timeoutMs ?? 15_000);
  for (let pause = 25; ; pause = Math.min(250, pause * 1.5)) {
    options.signal?.throwIfAborted();
    const attempt = await acquire(path);
    if (attempt.state === 'held') return holding(path, attempt, work);
    if (attempt.state === 'impossible') return unlocked(attempt.reason, work, options);

    // Most of the time the holder finishes the very work that this process waits to do.
    const settled = await options.settled?.();
    if (settled !== undefined) return settled;
    if (await removeIfStale(path)) continue;
    if (clock.now() >= deadline) return unlocked('another process has held the lock for too long', work, options);
    await clock.sleep(pause * (0.75 + Math.random() / 2), options.signal);
  }
}

type Attempt =
  | { readonly state: 'held'; readonly owner: string; readonly file: FileHandle }
  | { readonly state: 'taken' }
  | { readonly state: 'impossible'; readonly reason: string };

async function acquire(path: string): Promise<Attempt> {
  const owner = randomUUID();
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'wx', 0o600);
    const holder: Holder = { pid: process.pid, host: hostname(), owner, started: new Date().toISOString() };
    await file.writeFile(JSON.stringify(holder));
    return { state: 'held', owner, file };
  } catch (error) {
    const code = codeOf(error) ?? 'unknown';
    // Windows answers EPERM while a deleted lock file is still open somewhere.
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return { state: 'taken' };
    return { state: 'impossible', reason: `a lock file cannot be written here (${code})` };
  }
}

async function holding<T>(
  path: string,
  lock: { readonly owner: string; readonly file: FileHandle },
  work: () => Promise<T>,
): Promise<T> {
  // Through the open file, so that a lock that was stolen after a long sleep is not kept alive for its new owner.
  const heartbeat = setInterval(() => {
    const now = new Date();
    lock.file.utimes(now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await lock.file.close().catch(() => undefined);
    if ((await readHolder(path))?.owner === lock.owner) await rm(path, { force: true });
  }
}

function unlocked<T>(reason: string, work: () => Promise<T>, options: ProcessLockOptions<T>): Promise<T> {
  options.onUnlocked?.(reason);
  return work();
}

/**
 * Removes a lock whose owner is dead. The age of a file alone would let two waiters remove each other's fresh lock, so the removal itself is
 * locked, the owner is read again inside, and only that owner's file is moved away.
 */
async function removeIfStale(path: string): Promise<boolean> {
  if (!(await isStale(path))) return false;
  const guard = `${path}.steal`;
  const attempt = await acquire(guard);
  if (attempt.state !== 'held') {
    if (attempt.state === 'taken' && (await isStale(guard))) await rm(guard, { force: true });
    return false;
  }
  try {
    if (!(await isStale(path))) return true;
    const grave = `${path}.${attempt.owner}.stale`;
    await rename(path, grave);
    await rm(grave, { force: true });
    return true;
  } catch {
    return false;
  } finally {
    await attempt.file.close().catch(() => undefined);
    await rm(guard, { force: true });
  }
}

async function isStale(path: string): Promise<boolean> {
  const age = await ageOf(path);
  if (age === undefined) return false;
  const holder = await readHolder(path);
  if (holder === undefined) return age > unsignedMs;
  if (holder.host === hostname() && !isAlive(holder.pid)) return true;
  return age > staleMs;
}

async function ageOf(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const value: Partial<Holder> = JSON.parse(await readFile(path, 'utf8'));
    const signed = typeof value.pid === 'number' && typeof value.host === 'string' && typeof value.owner === 'string';
    return signed ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
