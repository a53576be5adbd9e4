import type { UserId } from '@authly/oauth';
import type { Profile, User } from '../../../model/people/user.js';

export interface NewUser {
  readonly id: UserId;
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly isActive: boolean;
  readonly isVerified: boolean;
  readonly isAdmin: boolean;
  readonly requiresPasswordChange: boolean;
  readonly profile: Partial<Profile>;
  readonly createdAt: Date;
  /** The person has made the account: the name must look like no other, and the address stays free for its owner. */
  readonly selfRegistered?: { readonly reservedNames: readonly string[] };
}

export type UserChange = Partial<
  Pick<User, 'username' | 'email' | 'isActive' | 'isVerified' | 'isAdmin' | 'requiresPasswordChange'>
> & { readonly profile?: Partial<Profile>; readonly passwordHash?: string };

/** The parts of a profile that can be left empty. */
export type OptionalProfileField = Exclude<keyof Profile, 'phoneNumberVerified'>;

export interface UserStore {
  find(id: UserId): Promise<User | undefined>;
  /** By user name, or by an e-mail address that is verified or given by an administrator; whatever the case. */
  findForSignIn(login: string): Promise<{ readonly user: User; readonly passwordHash: string } | undefined>;
  /** Whether somebody else has a user name that looks like this one. */
  looksLikeAnother(name: string, id?: UserId): Promise<boolean>;
  passwordHash(id: UserId): Promise<string | undefined>;
  /** `taken` names the field that another account has. */
  add(user: NewUser): Promise<'added' | { readonly taken: 'username' | 'email' }>;
  /**
   * What is absent or `undefined` in the change stays as it is; `clear` names the parts of the profile to empty.
   * `last_admin`: the change would leave no active administrator. `stale`: the version is not the stored one.
   */
  change(
    id: UserId,
    change: UserChange,
    options: { readonly now: Date; readonly ifVersion?: number; readonly clear?: readonly OptionalProfileField[] },
  ): Promise<User | 'unknown' | 'stale' | 'last_admin' | { readonly taken: 'username' | 'email' }>;
  remove(
    id: UserId,
    options?: { readonly ifVersion?: number },
  ): Promise<'removed' | 'unknown' | 'stale' | 'last_admin'>;
  /** Remembers the time, and the places: keys made by the caller. */
  recordSignIn(id: UserId, places: readonly string[], now: Date): Promise<void>;
  /** Those of the places in which the person has signed in before. */
  knownPlaces(id: UserId, places: readonly string[]): Promise<readonly string[]>;
  /** Stores the same password hashed anew, only if the stored hash still is `ifHash`. For the person nothing has changed. */
  rehash(id: UserId, hash: string, ifHash: string): Promise<void>;
  /** Stores a new password and clears requires_password_change, only if the stored hash still is `ifHash`. */
  setPassword(
    id: UserId,
    hash: string,
    options: { readonly now: Date; readonly ifHash?: string; readonly requiresChange?: boolean },
  ): Promise<boolean>;
}
