import type { Reply } from '@authly/admin-api/client';
import type { Field } from '../../output.js';
import { flag, text, type Values } from '../../program/option.js';
import { utc } from '../../terminal/time.js';

/** What a user is made of, for the commands that create, change and show one. */

export type User = Reply<'listUsers'>['users'][number];

/** Options that creating and changing share. */
export const profileOptions = {
  givenName: text('Given name'),
  familyName: text('Family name'),
  nickname: text('Nickname'),
  locale: text('Language, such as en-US'),
  zoneinfo: text('Time zone, such as Europe/Oslo'),
  phoneNumber: text('Phone number'),
  requirePasswordChange: flag('Ask for a new password at the next sign-in'),
} as const;

/** The body of those options. */
export function profileBody(given: Values<typeof profileOptions>) {
  return {
    given_name: given.givenName,
    family_name: given.familyName,
    nickname: given.nickname,
    locale: given.locale,
    zoneinfo: given.zoneinfo,
    phone_number: given.phoneNumber,
    requires_password_change: given.requirePasswordChange || undefined,
  };
}

/** The lines that show a user. */
export function userFields(user: User): readonly Field[] {
  return [
    ['User ID', user.id],
    ['Username', user.username],
    ['Email', `${user.email}${user.is_verified ? '' : ' (not verified)'}`],
    ['Role', roleOf(user)],
    ['Status', userStatus(user)],
  ];
}

/** Everything about a user. */
export function userDetails(user: Reply<'getUser'>): readonly Field[] {
  return [
    ...userFields(user),
    ['Name', [user.given_name, user.family_name].filter(Boolean).join(' ')],
    ['Nickname', user.nickname],
    ['Language', user.locale],
    ['Time Zone', user.zoneinfo],
    ['Phone', user.phone_number],
    ['Must Change Password', user.requires_password_change ? 'yes' : undefined],
    ['Second Factor', user.mfa_enabled ? 'on' : 'off'],
    ['Locked Until', user.locked_until && utc(user.locked_until)],
    ['Active Sessions', user.active_sessions],
    ['Last Login', user.last_login === null ? 'never' : utc(user.last_login)],
    ['Created', utc(user.created_at)],
    ['Updated', utc(user.updated_at)],
  ];
}

export function roleOf({ is_admin }: Pick<User, 'is_admin'>): string {
  return is_admin ? 'admin' : 'user';
}

export function userStatus({ is_active }: Pick<User, 'is_active'>): string {
  return is_active ? 'active' : 'inactive';
}
