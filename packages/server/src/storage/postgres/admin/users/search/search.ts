import type { User } from '../../../../../model/user.js';
import type { UserFilter } from '../../../../../ports/store/admin/user-list.js';
import type { Pool } from '../../../pool.js';
import type { DirectoryStatistics } from './directory-statistics.js';
import type { Range } from './index/blocks.js';
import type { Place } from './matches.js';

export interface SearchLimits {
  /** As many matches are counted. */
  readonly mostCounted: number;
  /** So many rows are read in order before anything else is tried. */
  readonly readFirst: number;
  /** More matches than these are never fetched at once. */
  readonly mostFetched: number;
  /** Searches that pass as many matches wait for each other. */
  readonly far: number;
}

export interface Search {
  readonly pool: Pool;
  readonly limits: SearchLimits;
  readonly filter: UserFilter;
  readonly skip: number;
  readonly limit: number;
  readonly statistics: DirectoryStatistics;
  /** Matches that the planner expects. */
  readonly expected: number;
  /** Few signed in at the times asked for: they are looked at one by one, and nothing else is looked for. */
  readonly fromLogins: boolean;
  /** The seconds between which everybody came. */
  readonly created: Range;
  /** The hours between which everybody signed in. */
  readonly loginHours: Range;
  /** Where to begin; `skip` counts from there. */
  readonly from: Place | undefined;
}

/** A page, and the number of matches behind `from` when all of them were seen. */
export interface Found {
  readonly users: readonly User[];
  readonly last: Place | undefined;
  readonly all: number | undefined;
}
