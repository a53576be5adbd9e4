export interface RateLimit {
  /** What is counted, for example `login:user:alice`. */
  readonly key: string;
  readonly points: number;
  readonly windowSeconds: number;
}

export interface RateLimitState {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
}

/** Counts over fixed windows, the same on every worker and node. */
export interface RateLimiter {
  /** Counts one and says whether it was within the limit. */
  consume(limit: RateLimit): Promise<RateLimitState>;
  /** Says what `consume` would, without counting. */
  peek(limit: RateLimit): Promise<RateLimitState>;
  /** Forgets what was counted under these keys. */
  reset(keys: readonly string[]): Promise<void>;
  /** What is counted now under keys that begin so; for people who look into a lock, not for requests that come often. */
  listCounters(prefix: string): Promise<readonly Counted[]>;
}

/** A count in its window. */
export interface Counted {
  readonly key: string;
  readonly points: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
}
