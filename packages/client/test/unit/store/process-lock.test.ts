import { mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { withProcessLock } from '../../../src/store/process-lock.js';

describe('the lock between processes', () => {
  let dir: string;
  let path: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'authly-lock-'));
    path = join(dir, 'a.lock');
  });
  const hold = (holder: object) => writeFile(path, JSON.stringify({ host: hostname(), owner: 'someone', ...holder }));
  const deadPid = 2 ** 22 + 1;

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        withProcessLock(path, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(await readdir(dir)).toEqual([]);
  });

  // @rule 2.20
  it('takes over from a dead process at once', async () => {
    await hold({ pid: deadPid });
    const reasons: string[] = [];
    const work = withProcessLock(path, async () => 'done', { onUnlocked: (reason) => reasons.push(reason) });
    expect(await work).toBe('done');
    expect(reasons).toEqual([]);
  });

  // @rule 2.22
  it('lets only one of many take over from a dead process', async () => {
    await hold({ pid: deadPid });
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        withProcessLock(path, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 3));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  // @rule 2.20
  it('respects a process on another computer until it has been silent for long', async () => {
    await hold({ pid: 1, host: 'elsewhere' });
    const reasons: string[] = [];
    await withProcessLock(path, async () => 1, { timeoutMs: 100, onUnlocked: (reason) => reasons.push(reason) });
    expect(reasons).toHaveLength(1);
    const old = new Date(Date.now() - 31_000);
    await utimes(path, old, old);
    await withProcessLock(path, async () => 1, { timeoutMs: 2_000, onUnlocked: (reason) => reasons.push(reason) });
    expect(reasons).toHaveLength(1);
  });

  // @rule 2.23
  it('goes on without the lock after the time limit, and says so', async () => {
    await hold({ pid: process.pid });
    const reasons: string[] = [];
    const work = withProcessLock(path, async () => 'done', {
      timeoutMs: 60,
      onUnlocked: (reason) => reasons.push(reason),
    });
    expect(await work).toBe('done');
    expect(reasons).toEqual(['another process has held the lock for too long']);
  });

  // @rule 2.21
  it('needs no lock when someone else has done the work', async () => {
    await hold({ pid: process.pid });
    let looks = 0;
    const settled = async () => {
      looks += 1;
      return looks === 3 ? 'theirs' : undefined;
    };
    expect(await withProcessLock(path, async () => 'mine', { settled })).toBe('theirs');
  });

  it('stops waiting when it is cancelled', async () => {
    await hold({ pid: process.pid });
    const signal = AbortSignal.timeout(50);
    await expect(withProcessLock(path, async () => 1, { signal })).rejects.toThrow();
  });

  it('frees itself when the work fails', async () => {
    await expect(withProcessLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await readdir(dir)).toEqual([]);
  });

  // @rule 2.22
  it('does not free a lock that another process has taken meanwhile', async () => {
    await withProcessLock(path, () => hold({ pid: process.pid }));
    expect(await readdir(dir)).toEqual(['a.lock']);
  });

  it('removes an unsigned lock that nobody can be writing any more', async () => {
    await writeFile(path, '');
    const old = new Date(Date.now() - 3_000);
    await utimes(path, old, old);
    expect(await withProcessLock(path, async () => 'done', { timeoutMs: 5_000 })).toBe('done');
  });
});
