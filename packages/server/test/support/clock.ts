import type { Clock } from '../../src/ports/clock.js';

/** A clock that tests move. It starts at the real time, so that certificates and cookies make sense, and stands still. */
export interface TestClock extends Clock {
  advance(seconds: number): void;
}

export function createTestClock(start = new Date(Math.floor(Date.now() / 1000) * 1000)): TestClock {
  let now = start;
  return {
    now: () => now,
    advance(seconds) {
      now = new Date(now.getTime() + seconds * 1000);
    },
  };
}
