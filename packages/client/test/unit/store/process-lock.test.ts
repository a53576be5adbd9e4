import { mkdtemp, readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../../src/clock.js';
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

  // @rule 2.20
  it('shows every five seconds that its owner lives, and names it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await withProcessLock(path, async () => {
        const { pid, host, owner, started } = JSON.parse(await readFile(path, 'utf8'));
        expect([pid, host, typeof owner, typeof started]).toEqual([process.pid, hostname(), 'string', 'string']);
        const old = new Date(Date.now() - 60_000);
        await utimes(path, old, old);
        vi.advanceTimersByTime(4_999);
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect((await stat(path)).mtimeMs).toBeCloseTo(old.getTime(), -1);
        vi.advanceTimersByTime(1);
        await expect.poll(async () => Date.now() - (await stat(path)).mtimeMs).toBeLessThan(5_000);
      });
    } finally {
      vi.useRealTimers();
    }
  });

  // @rule 2.23
  it('waits for 15 seconds when nothing else is said', async () => {
    await hold({ pid: process.pid });
    const clock = slept();
    const waited: number[] = [];
    const work = withProcessLock(path, async () => 'done', { clock, onUnlocked: () => waited.push(clock.now()) });
    expect(await work).toBe('done');
    expect(waited).toHaveLength(1);
    expect(waited[0]).toBeGreaterThanOrEqual(15_000);
    expect(waited[0]).toBeLessThanOrEqual(15_400);
  });

  // @rule 2.21
  it('is tried again after 25 milliseconds at first and 250 at the end, and the store is looked at each time', async () => {
    await hold({ pid: process.pid });
    const clock = slept();
    const looks: number[] = [];
    const settled = async () => {
      looks.push(clock.now());
      return undefined;
    };
    await withProcessLock(path, async () => 'done', { clock, settled });
    const pauses = looks.slice(1).map((look, index) => look - (looks[index] ?? 0));
    expect(pauses[0]).toBeGreaterThanOrEqual(18);
    expect(pauses[0]).toBeLessThanOrEqual(32);
    expect(Math.min(...pauses.slice(8))).toBeGreaterThanOrEqual(187);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(313);
    // Jitter: waiters do not march in step.
    expect(new Set(pauses.slice(8)).size).toBeGreaterThan(5);
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

  // @rule 3.5
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

/** A clock that only sleeping moves: what files need is no time. */
function slept(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}
