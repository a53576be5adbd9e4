/** Limits that hold for this process. */
import type { Clock } from '../../ports/clock.js';
import type { RateLimit, RateLimiter } from '../../ports/rate-limiter.js';
import { counted, rateLimitState, windowEnd } from '../rate-limit-state.js';

export function createMemoryRateLimiter({ clock }: { readonly clock: Clock }): RateLimiter {
  const windows = new Map<string, Window>();
  const current = (limit: RateLimit, now: Date): Window => {
    const window = windows.get(limit.key);
    return window !== undefined && window.expiresAt > now ? window : { points: 0, expiresAt: windowEnd(limit, now) };
  };
  return {
    consume: async (limit) => {
      const now = clock.now();
      const before = current(limit, now);
      const window = { ...before, points: before.points + 1 };
      windows.set(limit.key, window);
      if (windows.size > MOST_WINDOWS) forgetEnded(windows, now);
      return rateLimitState(limit, { ...window, now });
    },
    peek: async (limit) => {
      const now = clock.now();
      const window = current(limit, now);
      return rateLimitState(limit, { points: window.points + 1, expiresAt: window.expiresAt, now });
    },
    reset: async (key) => {
      windows.delete(key);
    },
    under: async (prefix) => {
      const now = clock.now();
      return [...windows]
        .filter(([key, window]) => key.startsWith(prefix) && window.expiresAt > now)
        .map(([key, window]) => counted(key, { ...window, now }));
    },
  };
}

interface Window {
  readonly points: number;
  readonly expiresAt: Date;
}

const MOST_WINDOWS = 10_000;

/** Ended windows go first; when none has ended, the oldest half goes, rather than the memory. */
function forgetEnded(windows: Map<string, Window>, now: Date): void {
  for (const [key, window] of windows) if (window.expiresAt <= now) windows.delete(key);
  const tooMany = windows.size - MOST_WINDOWS / 2;
  if (windows.size > MOST_WINDOWS) for (const key of [...windows.keys()].slice(0, tooMany)) windows.delete(key);
}
