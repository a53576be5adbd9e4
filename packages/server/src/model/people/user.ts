import type { UserId } from '@authly/oauth';

/** A postal address. @spec OpenID Connect Core §5.1.1 */
export interface Address {
  readonly formatted?: string;
  readonly street_address?: string;
  readonly locality?: string;
  readonly region?: string;
  readonly postal_code?: string;
  readonly country?: string;
}

/** What a person has said about themselves. @spec OpenID Connect Core §5.1 */
export interface Profile {
  readonly givenName?: string;
  readonly familyName?: string;
  readonly middleName?: string;
  readonly nickname?: string;
  readonly preferredUsername?: string;
  readonly profile?: string;
  readonly picture?: string;
  readonly website?: string;
  readonly gender?: string;
  /** YYYY-MM-DD, YYYY, or 0000-MM-DD. */
  readonly birthdate?: string;
  readonly zoneinfo?: string;
  readonly locale?: string;
  readonly phoneNumber?: string;
  readonly phoneNumberVerified: boolean;
  readonly address?: Address;
}

/** A person with an account. */
export interface User {
  readonly id: UserId;
  readonly username: string;
  readonly email: string;
  readonly isActive: boolean;
  /** The e-mail address is confirmed. It says nothing about who may sign in. */
  readonly isVerified: boolean;
  readonly isAdmin: boolean;
  readonly requiresPasswordChange: boolean;
  readonly profile: Profile;
  readonly passwordChangedAt: Date;
  /** Grows whenever the logins of this person are ended; what began before it grew is not stored. */
  readonly loginEpoch: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastLogin?: Date;
  readonly version: number;
}
