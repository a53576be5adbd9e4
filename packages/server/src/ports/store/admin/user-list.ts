import type { UserId } from '@authly/oauth';
import type { User } from '../../../model/user.js';

/** Which users a list shows. Texts match parts, whatever the case; times are inclusive; locale and zoneinfo match whole. */
export interface UserFilter {
  readonly username?: string;
  readonly email?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly locale?: string;
  readonly zoneinfo?: string;
  readonly isActive?: boolean;
  readonly isVerified?: boolean;
  readonly isAdmin?: boolean;
  readonly requiresPasswordChange?: boolean;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  readonly lastLoginAfter?: Date;
  readonly lastLoginBefore?: Date;
}

export interface UserPage {
  /** Newest first. */
  readonly users: readonly User[];
  readonly total: number;
  /**
   * False when `total` is an estimate: the filter looks at texts, places or sign-ins, for which no count is kept, and more
   * than MOST_COUNTED users seem to match.
   */
  readonly isExact: boolean;
}

/** Matches of a filter without kept counts are counted up to here. */
export const MOST_COUNTED = 5_000;

export interface UserListStore {
  /**
   * Any page. Slow is only one that begins thousands of matches beyond any place that is known, of a filter for which no count is
   * kept: all matches on the way are passed.
   */
  page(filter: UserFilter, page: { readonly skip: number; readonly limit: number }): Promise<UserPage>;
  /** The user names behind ids; unknown ids are left out. */
  names(ids: readonly UserId[]): Promise<ReadonlyMap<string, string>>;
}
