import type { UserId } from '@authly/oauth';
import type { User } from '../../../model/people/user.js';

/** Which users a list shows. Texts match parts, whatever the case; times are inclusive; locale and zoneinfo match whole. */
export interface UserFilter {
  /** Each of these words stands in the user name, the e-mail address, or the given or family name. */
  readonly words?: readonly string[];
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

/** Behind which user a page begins. */
export interface UserPlace {
  /** As the database writes it, with microseconds. */
  readonly createdAt: string;
  readonly id: string;
}

export interface UserPage {
  /** Newest first. */
  readonly users: readonly User[];
  /** Counted up to MOST_COUNTED; one more stands for all that are beyond, or seem to be. */
  readonly total: number;
  /** False when about MOST_COUNTED users match, or more. */
  readonly isExact: boolean;
  /** Where the next page begins; missing on the last one. */
  readonly next?: UserPlace;
}

export const MOST_COUNTED = 10_000;

export interface UserListStore {
  /** The users after a place in the list, or from its beginning; `skip` passes matches one by one. */
  page(
    filter: UserFilter,
    page: { readonly after?: UserPlace; readonly skip: number; readonly limit: number },
  ): Promise<UserPage>;
  /** The user names behind ids; unknown ids are left out. */
  names(ids: readonly UserId[]): Promise<ReadonlyMap<string, string>>;
}
