/** How long the next stretch of a list is made, so that it holds about the matches that are missing, and not many more. */
import { aligned, SHORTEST } from './index/stretches.js';
import type { Search } from './search.js';

/**
 * How many rows are read in order at first, if that is quicker than the index: where matches lie closely. Each match costs the index
 * as much as some rows in order.
 */
export function rowsInOrder({ limits, skip, limit, matches, edge }: Search): number | undefined {
  const rows = matches.users(edge) - matches.users(matches.target(skip + limit, edge) - 1);
  return rows <= limits.readFirst + PER_MATCH * (skip + limit)
    ? Math.max(limits.readFirst, Math.ceil(2 * rows))
    : undefined;
}

/** Tells whether so few users were created between the bounds of the filter that each can be looked at. */
export function areFewRows({ limits, matches, sample }: Search): boolean {
  return sample.users > 0 && matches.users() <= FEW * limits.readFirst;
}

/** Tells whether so much is left behind `edge` that the index is quicker without being asked for blocks of time. */
export function isMuch({ matches, sample }: Search, edge?: number): boolean {
  return matches.users(edge) >= MUCH * sample.users;
}

/** The second at which a list ends: of the oldest user, or of the bound that is asked for. */
export function endOfList({ filter: { createdAfter } }: Search, oldest: number): number {
  return createdAfter === undefined ? oldest : Math.max(oldest, Math.floor(createdAfter.getTime() / 1000));
}

/**
 * The second in which a stretch begins that ends at `edge` and shall begin about at `target`; `undefined` when it reaches to the
 * end of the list.
 */
export function lowerEdge(
  search: Search,
  { edge, target, oldest }: { readonly edge: number; readonly target: number; readonly oldest: number },
): number | undefined {
  const end = endOfList(search, oldest);
  if (target <= end) return undefined;
  const lower = aligned({ from: Math.min(target, edge - SHORTEST), to: edge });
  return lower <= end ? undefined : lower;
}

/** Rows in order that cost as much as a match that the index finds. */
const PER_MATCH = 4;
/** Of the rows that may be read in order. */
const FEW = 4;
/** Of all users. */
const MUCH = 0.25;
