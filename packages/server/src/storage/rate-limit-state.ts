import type { Counted, RateLimit, RateLimitState } from '../ports/rate-limiter.js';

/** What callers are told after `points` have been counted in a window that ends at `expiresAt`. */
export function rateLimitState(limit: RateLimit, window: WindowNow): RateLimitState {
  return {
    allowed: window.points <= limit.points,
    limit: limit.points,
    remaining: Math.max(0, limit.points - window.points),
    resetSeconds: secondsLeft(window),
  };
}

/** A count as people look at it. */
export function toCounted(key: string, window: WindowNow): Counted {
  return { key, points: window.points, resetSeconds: secondsLeft(window) };
}

export interface WindowNow {
  readonly points: number;
  readonly expiresAt: Date;
  readonly now: Date;
}

function secondsLeft({ expiresAt, now }: WindowNow): number {
  return Math.max(0, Math.ceil((expiresAt.getTime() - now.getTime()) / 1000));
}

/** When a window that begins now ends. */
export function windowEnd(limit: RateLimit, now: Date): Date {
  return new Date(now.getTime() + limit.windowSeconds * 1000);
}
