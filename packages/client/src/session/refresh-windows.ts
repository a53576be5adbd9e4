/** When a token is fresh, when a refresh is advised, and when it cannot be put off: pure rules of time. */

/** How early to refresh. */
export interface RefreshWindows {
  /** The share of the lifetime after which a refresh is tried beside the current use; 0.75 by default. */
  readonly advisoryRatio?: number;
  /** How many seconds before the end a refresh is waited for; by default a tenth of the lifetime, at least 10 and at most 60. */
  readonly mandatorySeconds?: number;
}

/** The times of one token, in milliseconds since 1970. */
export interface TokenTimes {
  readonly obtainedAt: number;
  readonly expiresAt?: number;
  readonly refreshAfter?: number;
}

/** `fresh`: use it. `advisory`: use it and refresh beside that. `mandatory`: refresh first. */
export type Freshness = 'fresh' | 'advisory' | 'mandatory';

/** Judges a token at a moment; a token without a known end is always fresh. */
export function freshnessOf(
  token: TokenTimes,
  now: number,
  need: RefreshWindows & { readonly minTtlSeconds?: number } = {},
): Freshness {
  if (token.expiresAt === undefined) return 'fresh';
  const lastMoment = Math.min(
    mustRefreshAt(token.obtainedAt, token.expiresAt, need),
    token.expiresAt - (need.minTtlSeconds ?? 0) * 1000,
  );
  if (now >= lastMoment) return 'mandatory';
  return now >= refreshAfterOf(token, need) ? 'advisory' : 'fresh';
}

/** When a refresh is advised. */
export function refreshAfterOf(token: TokenTimes, windows: RefreshWindows): number {
  if (token.expiresAt === undefined) return Number.POSITIVE_INFINITY;
  const lifetime = token.expiresAt - token.obtainedAt;
  return token.refreshAfter ?? token.obtainedAt + lifetime * (windows.advisoryRatio ?? 0.75);
}

/** Half of the lifetime at most, so that a very short token is still used at all. */
function mustRefreshAt(obtainedAt: number, expiresAt: number, windows: RefreshWindows): number {
  const lifetime = expiresAt - obtainedAt;
  const tenth = Math.max(10_000, Math.min(60_000, lifetime / 10));
  const wanted = windows.mandatorySeconds === undefined ? tenth : windows.mandatorySeconds * 1000;
  return expiresAt - Math.min(wanted, lifetime / 2);
}
