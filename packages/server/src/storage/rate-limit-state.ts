import type { RateLimit, RateLimitState } from '../ports/rate-limiter.js';

/** What callers are told after `points` have been counted in a window that ends at `expiresAt`. */
export function rateLimitState(
  limit: RateLimit,
  counted: { readonly points: number; readonly expiresAt: Date; readonly now: Date },
): RateLimitState {
  return {
    allowed: counted.points <= limit.points,
    limit: limit.points,
    remaining: Math.max(0, limit.points - counted.points),
    resetSeconds: Math.max(0, Math.ceil((counted.expiresAt.getTime() - counted.now.getTime()) / 1000)),
  };
}

/** When a window that begins now ends. */
export function windowEnd(limit: RateLimit, now: Date): Date {
  return new Date(now.getTime() + limit.windowSeconds * 1000);
}
