/** How long the next stretch of a list is made, so that it holds about the matches that are missing, and not many more. */
import { shareBefore, timeOfShare } from './directory-statistics.js';
import type { End } from './matches.js';
import type { Search } from './search.js';
import { aligned, SHORTEST } from './index/stretches.js';

/**
 * How many rows are read in order at first. Where matches lie closely, the whole page; else some, if those may fill it; else one,
 * to see where the list begins.
 */
export function rowsInOrder(search: Search): number {
  const { limits, skip, limit } = search;
  const density = expectedDensity(search);
  if (density >= CLOSE) return Math.max(limits.readFirst, Math.ceil((AMPLY * (skip + limit)) / density));
  return SURELY * limits.readFirst * density >= skip + limit ? limits.readFirst : 1;
}

/** Where the first stretch shall begin, in seconds, to hold the `missing`, after `matches` were found among the first rows. */
export function firstTarget(
  search: Search,
  {
    matches,
    missing,
    rows,
    end,
  }: { readonly matches: number; readonly missing: number; readonly rows: number; readonly end: End },
): number {
  const { limits } = search;
  const edge = end.place.second;
  const statistics = search.statistics.times.length > 1 ? search.statistics : { times: [end.oldest, edge] };
  const users = search.statistics.users || limits.readFirst / UNKNOWN_SHARE;
  // The more of the two: a stretch that was too short is cheap, and the next is longer.
  const density = Math.max(rows > 1 ? matches / rows : 0, expectedDensity(search, edge), 1 / users);
  const share = Math.max((AMPLY * missing) / density, limits.readFirst) / users;
  return timeOfShare(statistics, shareBefore(statistics, edge) - share);
}

/** Tells whether so few users were created between the bounds of the filter that each can be looked at. */
export function areFewRows(search: Search): boolean {
  const { users } = search.statistics;
  return users > 0 && shareInBounds(search) * users <= FEW * search.limits.readFirst;
}

/** The share of matches among the rows between the bounds of the filter, or from `edge` on. */
function expectedDensity(search: Search, edge?: number): number {
  const rows = Math.max(1, shareInBounds(search, edge) * search.statistics.users);
  return Math.min(1, search.expected / rows);
}

function shareInBounds({ statistics, filter }: Search, edge?: number): number {
  const { createdAfter, createdBefore } = filter;
  const newest = edge ?? (createdBefore === undefined ? undefined : seconds(createdBefore));
  const before = newest === undefined ? 1 : shareBefore(statistics, newest);
  return before - (createdAfter === undefined ? 0 : shareBefore(statistics, seconds(createdAfter)));
}

/** Tells whether so much is left that the index is quicker without being asked for blocks of time. */
export function isMuch(search: Search, edge?: number): boolean {
  return shareInBounds(search, edge) >= MUCH;
}

/** The second at which a list ends: of the oldest user, or of the bound that is asked for. */
export function endOfList({ filter: { createdAfter } }: Search, oldest: number): number {
  return createdAfter === undefined ? oldest : Math.max(oldest, seconds(createdAfter));
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

const UNKNOWN_SHARE = 1 / 16;
const AMPLY = 1.15;
const FEW = 4;
const MUCH = 0.25;
/** One row in so many costs as much through the index as all of them in order. */
const CLOSE = 1 / 3;
/** Rows that were read for a page that they do not fill were read for nothing. */
const SURELY = 0.7;

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
