import type { UserId } from '@authly/oauth';
import type { Profile, User } from '../../model/user.js';

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
}

export type UserChange = Partial<
  Pick<User, 'username' | 'email' | 'isActive' | 'isVerified' | 'isAdmin' | 'requiresPasswordChange'>
> & { readonly profile?: Partial<Profile>; readonly passwordHash?: string };

/** The parts of a profile that can be left empty. */
export type OptionalProfileField = Exclude<keyof Profile, 'phoneNumberVerified'>;

export interface UserStore {
  find(id: UserId): Promise<User | undefined>;
  /** By user name or e-mail address, whatever the case. */
  findForSignIn(login: string): Promise<{ readonly user: User; readonly passwordHash: string } | undefined>;
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
  signedIn(id: UserId, now: Date): Promise<void>;
  /** Stores a new password and clears requires_password_change, only if the stored hash still is `ifHash`. */
  setPassword(
    id: UserId,
    hash: string,
    options: { readonly now: Date; readonly ifHash?: string; readonly requiresChange?: boolean },
  ): Promise<boolean>;
}
