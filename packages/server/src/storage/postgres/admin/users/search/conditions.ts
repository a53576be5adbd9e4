/** What a filter asks, as conditions on a row `d` of the directory of users. */
import type { UserFilter } from '../../../../../ports/store/admin/user-list.js';
import { anywhere } from '../../like.js';
import { hourOf } from './index/login-blocks.js';
import { joined, type Piece, piece, where } from './statement.js';
import { kindsOf } from '../user-counts.js';

/** Tells whether a filter asks for nothing but flags and times of creation, for which counts are kept. */
export function isCounted(filter: UserFilter): boolean {
  return asksOnlyFor(filter, [...FLAGS, 'createdAfter', 'createdBefore']);
}

/** Tells whether a filter asks for nothing but times. */
export function isAboutTimes(filter: UserFilter): boolean {
  return asksOnlyFor(filter, ['createdAfter', 'createdBefore', 'lastLoginAfter', 'lastLoginBefore']);
}

/** Whoever last signed in before a time has an account since then. */
export function withLoginBound(filter: UserFilter): UserFilter {
  const { createdBefore: created, lastLoginBefore: login } = filter;
  return login === undefined || (created !== undefined && created < login)
    ? filter
    : { ...filter, createdBefore: login };
}

/** What makes a row a match, but for the time of creation and the minute of the sign-in. */
export function rowConditions(filter: UserFilter): readonly Piece[] {
  const { locale, zoneinfo, lastLoginAfter, lastLoginBefore } = filter;
  const kinds = kindsOf(filter);
  return [
    ...PARTS.flatMap(([field, column]) => {
      const part = filter[field];
      return part === undefined ? [] : [piece(`d.${column} like lower(?)`, anywhere(storable(part)))];
    }),
    ...(locale === undefined ? [] : [piece('d.locale = ?', storable(locale))]),
    ...(zoneinfo === undefined ? [] : [piece('d.zoneinfo = ?', storable(zoneinfo))]),
    ...(kinds.length === 16 ? [] : [piece('d.flags = any(?::smallint[])', kinds)]),
    ...(lastLoginAfter ? [piece('d.login_hour >= ?::bigint', hourOf(lastLoginAfter))] : []),
    ...(lastLoginBefore ? [piece('d.login_hour <= ?::bigint', hourOf(lastLoginBefore))] : []),
  ];
}

export function createdConditions(filter: UserFilter): readonly Piece[] {
  return [...createdSince(filter), ...createdUntil(filter)];
}

export function createdSince({ createdAfter: after }: UserFilter): readonly Piece[] {
  return after ? [piece('d.created_at >= ?::timestamptz', after.toISOString())] : [];
}

export function createdUntil({ createdBefore: before }: UserFilter): readonly Piece[] {
  return before ? [piece('d.created_at <= ?::timestamptz', before.toISOString())] : [];
}

/** On a row of `user_logins`, here called `alias`. */
export function loginConditions({ lastLoginAfter, lastLoginBefore }: UserFilter, alias: string): readonly Piece[] {
  return [
    ...(lastLoginAfter ? [piece(`${alias}.last_login >= ?::timestamptz`, lastLoginAfter.toISOString())] : []),
    ...(lastLoginBefore ? [piece(`${alias}.last_login <= ?::timestamptz`, lastLoginBefore.toISOString())] : []),
  ];
}

/** The same, of the user that a row of the directory stands for. */
export function signedIn(filter: UserFilter): readonly Piece[] {
  const conditions = loginConditions(filter, 'l');
  if (conditions.length === 0) return [];
  const matching = where([piece('l.created_at = d.created_at and l.user_id = d.user_id'), ...conditions]);
  return [joined([piece('exists (select from user_logins l'), matching, piece(')')], ' ')];
}

/** The same, where most sign-ins were in an hour that lies within the range as a whole. */
export function signedInWithin(filter: UserFilter): readonly Piece[] {
  const { lastLoginAfter, lastLoginBefore } = filter;
  const within = [
    ...(lastLoginAfter ? [piece('d.login_hour > ?::bigint', hourOf(lastLoginAfter))] : []),
    ...(lastLoginBefore ? [piece('d.login_hour < ?::bigint', hourOf(lastLoginBefore))] : []),
  ];
  return signedIn(filter).map((exactly) =>
    joined([piece('('), joined(within, ' and '), piece('or'), exactly, piece(')')], ' '),
  );
}

export const PARTS = [
  ['username', 'username'],
  ['email', 'email'],
  ['givenName', 'given_name'],
  ['familyName', 'family_name'],
] as const;

const FLAGS = ['isActive', 'isVerified', 'isAdmin', 'requiresPasswordChange'] as const;

function asksOnlyFor(filter: UserFilter, fields: readonly (keyof UserFilter)[]): boolean {
  const asked = (Object.keys(filter) as (keyof UserFilter)[]).filter((field) => filter[field] !== undefined);
  return asked.every((field) => fields.includes(field));
}

/** What PostgreSQL can compare with. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
