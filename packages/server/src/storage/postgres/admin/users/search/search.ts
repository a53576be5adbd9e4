import type { User } from '../../../../../model/user.js';
import type { UserFilter } from '../../../../../ports/store/admin/user-list.js';
import type { Pool } from '../../../pool.js';
import type { Range } from './index/blocks.js';
import type { Place } from './matches.js';
import type { SampledMatches } from './sample/sampled-matches.js';
import type { UserSample } from './sample/user-sample.js';

export interface SearchLimits {
  /** If no more matches are expected they are all found and counted, up to twice as many. */
  readonly mostCounted: number;
  /** So many sign-ins are counted: entries of an index, within the time that a page may take. */
  readonly mostLogins: number;
  /** So many rows may be read in order before the index is asked. */
  readonly readFirst: number;
  /** More matches than these are never fetched at once. */
  readonly mostFetched: number;
  /** Searches that pass as many matches wait for each other. */
  readonly far: number;
  /** As many users are looked at to guess. */
  readonly sampled: number;
}

export interface Search {
  readonly pool: Pool;
  readonly limits: SearchLimits;
  readonly filter: UserFilter;
  readonly skip: number;
  readonly limit: number;
  readonly sample: UserSample;
  /** What the sample says of it. */
  readonly matches: SampledMatches;
  /** Few signed in at the times asked for: they are looked at one by one, and nothing else is looked for. */
  readonly fromLogins: boolean;
  /** The seconds between which everybody came. */
  readonly created: Range;
  /** The hours between which everybody signed in. */
  readonly loginHours: Range;
  /** Where to begin; `skip` counts from there. */
  readonly from: Place | undefined;
  /** The second in which to begin. */
  readonly edge: number;
}

/** A page, and the number of matches behind `from` when all of them were seen. */
export interface Found {
  readonly users: readonly User[];
  readonly last: Place | undefined;
  readonly all: number | undefined;
}
