import type { Reply } from '@authly/admin-api';
import type { Address, User } from '../../../model/people/user.js';
import { iso, isoOrNull } from './time.js';

/** A user as lists show it. */
export function userReply(user: User): Reply<'listUsers'>['users'][number] {
  const { profile } = user;
  return {
    ...accountReply(user),
    requires_password_change: user.requiresPasswordChange,
    given_name: profile.givenName ?? null,
    family_name: profile.familyName ?? null,
    middle_name: profile.middleName ?? null,
    nickname: profile.nickname ?? null,
    preferred_username: profile.preferredUsername ?? null,
    profile: profile.profile ?? null,
    picture: profile.picture ?? null,
    website: profile.website ?? null,
    gender: profile.gender ?? null,
    birthdate: profile.birthdate ?? null,
    zoneinfo: profile.zoneinfo ?? null,
    locale: profile.locale ?? null,
    phone_number: profile.phoneNumber ?? null,
    phone_number_verified: profile.phoneNumberVerified,
    address: profile.address ? addressReply(profile.address) : null,
  };
}

/** A user as /api/v1/users shows it. */
export function accountReply(user: User): Reply<'getAccount'> {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    created_at: iso(user.createdAt),
    updated_at: iso(user.updatedAt),
    last_login: isoOrNull(user.lastLogin),
    is_active: user.isActive,
    is_verified: user.isVerified,
    is_admin: user.isAdmin,
  };
}

function addressReply(address: Address): Record<string, string> {
  return Object.fromEntries(
    Object.entries(address).filter((line): line is [string, string] => typeof line[1] === 'string'),
  );
}
