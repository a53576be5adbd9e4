import type { UserFilter } from '../../../ports/store/admin/user-list.js';
import type { Statement } from '../sql.js';
import { anywhere } from './like.js';

/** Tells whether a filter asks for nothing but flags and times of creation, for which counts are kept. */
export function isCounted(filter: UserFilter): boolean {
  return CONDITIONS.every(([field]) => COUNTED.has(field) || filter[field] === undefined);
}

/**
 * A statement with the conditions of a filter, and only those, at `where true`. It has no name: each is planned for its own
 * values, since what is quick for a rare name is slow for a common one.
 */
export function filtered(filter: UserFilter, before: string, after = '', values: readonly number[] = []): Statement {
  const given = CONDITIONS.filter(([field]) => filter[field] !== undefined);
  const conditions = given.map(
    ([, condition], index) => ` and ${condition.replace('?', `$${values.length + index + 1}`)}`,
  );
  return {
    name: '',
    text: `${before} where true${conditions.join('')} ${after}`,
    values: [...values, ...given.map(([field]) => parameter(field, filter[field]))],
  };
}

type Field = keyof UserFilter;

const CONDITIONS: readonly (readonly [Field, string])[] = [
  ['username', 'u.username ilike ?'],
  ['email', 'u.email ilike ?'],
  ['givenName', 'u.given_name ilike ?'],
  ['familyName', 'u.family_name ilike ?'],
  ['locale', 'u.locale = ?'],
  ['zoneinfo', 'u.zoneinfo = ?'],
  ['isActive', 'u.is_active = ?'],
  ['isVerified', 'u.is_verified = ?'],
  ['isAdmin', 'u.is_admin = ?'],
  ['requiresPasswordChange', 'u.requires_password_change = ?'],
  ['createdAfter', 'u.created_at >= ?::timestamptz'],
  ['createdBefore', 'u.created_at <= ?::timestamptz'],
  ['lastLoginAfter', 'u.last_login >= ?::timestamptz'],
  ['lastLoginBefore', 'u.last_login <= ?::timestamptz'],
];

const COUNTED: ReadonlySet<Field> = new Set([
  'isActive',
  'isVerified',
  'isAdmin',
  'requiresPasswordChange',
  'createdAfter',
  'createdBefore',
]);

const PARTS: ReadonlySet<Field> = new Set(['username', 'email', 'givenName', 'familyName']);

function parameter(field: Field, value: UserFilter[Field]): string | boolean | null {
  if (value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value;
  const storable = value.replaceAll('\0', '\uFFFD');
  return PARTS.has(field) ? anywhere(storable) : storable;
}
