import type { UserId } from '@authly/oauth';
import type { Address, User } from '../../../model/people/user.js';
import { text } from '../sql.js';

/** Columns of `users u`. */
export const USER = text`
  u.id as u_id, u.username as u_username, u.email as u_email, u.is_active as u_is_active, u.is_verified as u_is_verified,
  u.is_admin as u_is_admin, u.requires_password_change as u_requires_password_change, u.given_name as u_given_name,
  u.family_name as u_family_name, u.middle_name as u_middle_name, u.nickname as u_nickname,
  u.preferred_username as u_preferred_username, u.profile as u_profile, u.picture as u_picture, u.website as u_website,
  u.gender as u_gender, u.birthdate as u_birthdate, u.zoneinfo as u_zoneinfo, u.locale as u_locale,
  u.phone_number as u_phone_number, u.phone_number_verified as u_phone_number_verified, u.address as u_address,
  u.password_changed_at as u_password_changed_at, u.login_epoch as u_login_epoch, u.created_at as u_created_at, u.updated_at as u_updated_at,
  u.last_login as u_last_login, u.version as u_version`;

export interface UserRow {
  readonly u_id: UserId;
  readonly u_username: string;
  readonly u_email: string;
  readonly u_is_active: boolean;
  readonly u_is_verified: boolean;
  readonly u_is_admin: boolean;
  readonly u_requires_password_change: boolean;
  readonly u_given_name: string | null;
  readonly u_family_name: string | null;
  readonly u_middle_name: string | null;
  readonly u_nickname: string | null;
  readonly u_preferred_username: string | null;
  readonly u_profile: string | null;
  readonly u_picture: string | null;
  readonly u_website: string | null;
  readonly u_gender: string | null;
  readonly u_birthdate: string | null;
  readonly u_zoneinfo: string | null;
  readonly u_locale: string | null;
  readonly u_phone_number: string | null;
  readonly u_phone_number_verified: boolean;
  readonly u_address: Address | null;
  readonly u_password_changed_at: Date;
  readonly u_login_epoch: number;
  readonly u_created_at: Date;
  readonly u_updated_at: Date;
  readonly u_last_login: Date | null;
  readonly u_version: string;
}

export function toUser(row: UserRow): User {
  return {
    id: row.u_id,
    username: row.u_username,
    email: row.u_email,
    isActive: row.u_is_active,
    isVerified: row.u_is_verified,
    isAdmin: row.u_is_admin,
    requiresPasswordChange: row.u_requires_password_change,
    profile: {
      givenName: row.u_given_name ?? undefined,
      familyName: row.u_family_name ?? undefined,
      middleName: row.u_middle_name ?? undefined,
      nickname: row.u_nickname ?? undefined,
      preferredUsername: row.u_preferred_username ?? undefined,
      profile: row.u_profile ?? undefined,
      picture: row.u_picture ?? undefined,
      website: row.u_website ?? undefined,
      gender: row.u_gender ?? undefined,
      birthdate: row.u_birthdate ?? undefined,
      zoneinfo: row.u_zoneinfo ?? undefined,
      locale: row.u_locale ?? undefined,
      phoneNumber: row.u_phone_number ?? undefined,
      phoneNumberVerified: row.u_phone_number_verified,
      address: row.u_address ?? undefined,
    },
    passwordChangedAt: row.u_password_changed_at,
    loginEpoch: row.u_login_epoch,
    createdAt: row.u_created_at,
    updatedAt: row.u_updated_at,
    lastLogin: row.u_last_login ?? undefined,
    version: Number(row.u_version),
  };
}

/** Of a left join: `undefined` when there is no such user. */
export function toOptionalUser(row: Outer<UserRow>): User | undefined {
  return row.u_id === null ? undefined : toUser(row as UserRow);
}

/** The columns of a left join, all of which are null together. */
export type Outer<Row> = { readonly [Column in keyof Row]: Row[Column] | null };
