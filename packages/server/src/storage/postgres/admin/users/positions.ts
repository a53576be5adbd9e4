/** Where a page of a list ended, kept for a moment: whoever turns the page goes on there instead of counting from the top. */
import type { UserFilter } from '../../../../ports/store/admin/user-list.js';

export interface Position {
  /** The time as the database writes it, to the microsecond. */
  readonly at: string;
  readonly id: string;
}

export interface Positions {
  at(filter: UserFilter, skip: number): Position | undefined;
  remember(filter: UserFilter, skip: number, position: Position): void;
}

const KEPT = 1000;
/** Long enough to turn a page; soon enough for whoever starts anew to see the list as it is then. */
const KEPT_MS = 30_000;

export function createPositions(now: () => number = () => performance.now()): Positions {
  const kept = new Map<string, Position & { readonly until: number }>();
  return {
    at(filter, skip) {
      const found = kept.get(keyOf(filter, skip));
      return found && found.until > now() ? found : undefined;
    },
    remember(filter, skip, position) {
      const key = keyOf(filter, skip);
      kept.delete(key);
      kept.set(key, { ...position, until: now() + KEPT_MS });
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT) break;
        kept.delete(oldest);
      }
    },
  };
}

function keyOf(filter: UserFilter, skip: number): string {
  return `${skip} ${JSON.stringify(filter)}`;
}
