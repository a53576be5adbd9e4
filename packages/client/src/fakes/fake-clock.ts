/** A clock that stands still until it is moved. */
import type { Clock } from '../clock.js';

/** A clock for tests. */
export interface FakeClock extends Clock {
  /** Moves time on; everything that sleeps until then wakes in order, and what it starts runs before this returns. */
  advance(milliseconds: number): Promise<void>;
  /** How many sleepers wait. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Makes a clock that moves only when it is told to, in milliseconds.
 *
 * @example
 * ```ts
 * const clock = createFakeClock();
 * const client = new AuthClient({ credential, clock });
 * await clock.advance(60_000);
 * ```
 */
export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  const sleeping = new Set<Sleeper>();
  return {
    now: () => now,
    get sleepers() {
      return sleeping.size;
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const abort = () => {
          sleeping.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          at: now + milliseconds,
          wake: () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal?.addEventListener('abort', abort, { once: true });
      }),
    advance: async (milliseconds) => {
      const end = now + milliseconds;
      await quiet();
      for (let next = earliest(sleeping, end); next; next = earliest(sleeping, end)) {
        now = Math.max(now, next.at);
        sleeping.delete(next);
        next.wake();
        await quiet();
      }
      now = end;
      await quiet();
    },
  };
}

function earliest(sleeping: ReadonlySet<Sleeper>, end: number): Sleeper | undefined {
  return [...sleeping].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
}

/** Lets everything run that can run without more time passing. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}
