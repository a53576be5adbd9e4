/**
 * A postmaster whose parent died: stopped before a new one starts. A postmaster.pid that names a process of another kind is
 * made harmless, for PostgreSQL itself only asks whether the number is in use and would refuse to start.
 */

import { chmod, lchown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../failure.js';
import type { EmbeddedPostgresLogger } from '../logger.js';
import { commandLine, isAlive } from './identity.js';

/** Call only while holding the lock of the data: whatever runs on it then has lost its parent. */
export async function clearLeftover(cluster: string, logger: EmbeddedPostgresLogger): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return;
  }
  const pid = Number(text.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) {
    // Killed between creating the file and writing it; PostgreSQL would refuse an empty one.
    await rm(file);
    return;
  }
  if (isPostmasterOf(pid, cluster)) {
    await stopLeftover(pid, cluster, logger);
    return;
  }
  logger.info({ pid }, 'the previous PostgreSQL did not stop properly; it recovers from its log');
  if (isNumberInUse(pid)) {
    await disown(file, text);
  }
}

/**
 * PostgreSQL passes over a lock that names its own parent, and still checks by the rest of the file that no process of the
 * old server uses the shared memory; deleting the file would take that check away.
 */
async function disown(file: string, text: string): Promise<void> {
  const { uid, gid, mode } = await stat(file);
  const changed = `${file}.authly`;
  await writeFile(changed, text.replace(/^\d+/, String(process.pid)));
  await chmod(changed, mode & 0o777);
  await lchown(changed, uid, gid);
  await rename(changed, file);
}

async function stopLeftover(pid: number, cluster: string, logger: EmbeddedPostgresLogger): Promise<void> {
  logger.warn({ pid }, 'PostgreSQL still runs after its server died; it is being stopped');
  const steps = [
    { signal: 'SIGINT', patience: 30_000 },
    { signal: 'SIGQUIT', patience: 5_000 },
  ] as const;
  for (const { signal, patience } of steps) {
    if (isPostmasterOf(pid, cluster)) {
      process.kill(pid, signal);
    }
    for (let waited = 0; waited < patience; waited += 20) {
      if (!isPostmasterOf(pid, cluster)) {
        return;
      }
      await sleep(20);
    }
  }
  throw new EmbeddedPostgresError(
    'data-in-use',
    `An abandoned PostgreSQL (pid ${pid}) works on ${cluster} and does not stop. Stop it (kill -QUIT ${pid}) and start again.`,
  );
}

/** Whether this process is the PostgreSQL that works on this cluster. */
export function isPostmasterOf(pid: number, cluster: string): boolean {
  const command = isAlive(pid) ? commandLine(pid) : undefined;
  return command !== undefined && /(^|\/)postgres /.test(command) && `${command} `.includes(` -D ${cluster} `);
}

/** As PostgreSQL asks: a zombie has a number too. */
function isNumberInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
