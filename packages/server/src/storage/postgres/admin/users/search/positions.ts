/** Places of a list where a page ended, kept for a moment: whoever turns the page goes on there instead of counting from the top. */
import type { UserFilter } from '../../../../../ports/store/admin/user-list.js';
import type { Place } from './matches.js';

export interface Position extends Place {
  /** How many users of the list come before, the one at the place included. */
  readonly skip: number;
}

export interface Positions {
  /** The last known place that is not beyond `skip`. */
  before(filter: UserFilter, skip: number): Position | undefined;
  remember(filter: UserFilter, position: Position): void;
}

/** Lists, and places of each. */
const KEPT_LISTS = 100;
const KEPT = 20;
/** Long enough to turn a page; soon enough for whoever starts anew to see the list as it is then. */
const KEPT_MS = 30_000;

type Kept = Position & { readonly until: number };

export function createPositions(now: () => number = () => performance.now()): Positions {
  const lists = new Map<string, readonly Kept[]>();
  const known = (filter: UserFilter): readonly Kept[] =>
    (lists.get(JSON.stringify(filter)) ?? []).filter((kept) => kept.until > now());
  return {
    before(filter, skip) {
      const candidates = known(filter).filter((kept) => kept.skip <= skip);
      return candidates.toSorted((left, right) => right.skip - left.skip)[0];
    },
    remember(filter, position) {
      const others = known(filter).filter((kept) => kept.skip !== position.skip);
      const key = JSON.stringify(filter);
      lists.delete(key);
      lists.set(key, [...others.slice(1 - KEPT), { ...position, until: now() + KEPT_MS }]);
      for (const oldest of lists.keys()) {
        if (lists.size <= KEPT_LISTS) break;
        lists.delete(oldest);
      }
    },
  };
}
