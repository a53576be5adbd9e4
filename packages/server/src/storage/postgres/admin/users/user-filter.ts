import type { UserFilter } from '../../../../ports/store/admin/user-list.js';
import type { Statement } from '../../sql.js';
import { anywhere } from '../like.js';
import { kindsOf } from './user-counts.js';

type Value = Statement['values'][number];

/**
 * How the matches of a filter are found. `index`: all of them, from the index of what is asked for. `order`: in the order of the
 * list, each row looked at until the page is full. `estimate`: not at all; the planner shall say how many it expects.
 */
export type Search = 'index' | 'order' | 'estimate';

/** Tells whether a filter asks for nothing but flags and times of creation, for which counts are kept. */
export function isCounted(filter: UserFilter): boolean {
  return fieldsOf(filter).every((field) => COUNTED.has(field));
}

/** Tells whether a filter asks for nothing but when people signed in. */
export function isAboutLogins(filter: UserFilter): boolean {
  return fieldsOf(filter).every((field) => field === 'lastLoginAfter' || field === 'lastLoginBefore');
}

/**
 * A statement with the conditions of a filter, and only those, after `before`, where `users u` is to be searched. It has no
 * name: each is planned for its own values, since what is quick for a rare name is slow for a common one.
 */
export function filtered(
  filter: UserFilter,
  search: Search,
  parts: { readonly before: string; readonly after?: string; readonly values?: readonly Value[] },
): Statement {
  const values: Value[] = [...(parts.values ?? [])];
  const conditions = conditionsOf(filter, search).map(({ text, value }) => {
    values.push(value);
    return ` and ${text.replace('?', `$${values.length}`)}`;
  });
  return { name: '', text: `${parts.before} where true${conditions.join('')} ${parts.after ?? ''}`, values };
}

interface Condition {
  readonly text: string;
  readonly value: Value;
}

function conditionsOf(filter: UserFilter, search: Search): readonly Condition[] {
  const { createdAfter, createdBefore, locale, zoneinfo } = filter;
  const kinds = kindsOf(filter);
  return [
    ...PARTS.flatMap(([field, column]) => {
      const part = filter[field];
      return part === undefined ? [] : [partCondition(storable(part), column, search)];
    }),
    ...(locale === undefined ? [] : [{ text: 'u.locale = ?', value: storable(locale) }]),
    ...(zoneinfo === undefined ? [] : [{ text: 'u.zoneinfo = ?', value: storable(zoneinfo) }]),
    ...(kinds.length === 16 ? [] : [{ text: 'u.flags = any(?::smallint[])', value: kinds }]),
    ...(createdAfter ? [{ text: 'u.created_at >= ?::timestamptz', value: createdAfter.toISOString() }] : []),
    ...(createdBefore ? [{ text: 'u.created_at <= ?::timestamptz', value: createdBefore.toISOString() }] : []),
    ...loginConditions(filter, search),
  ];
}

/**
 * One or two letters have no trigrams: an index of them would be walked whole, which takes longer than to look at every row. So
 * this is written as no index understands it.
 */
function partCondition(part: string, column: string, search: Search): Condition {
  const isShort = [...part].length <= 2;
  return isShort && search !== 'estimate'
    ? { text: `strpos(lower(u.${column}), lower(?)) > 0`, value: part }
    : { text: `u.${column} ilike ?`, value: anywhere(part) };
}

function loginConditions(
  { lastLoginAfter: after, lastLoginBefore: before }: UserFilter,
  search: Search,
): readonly Condition[] {
  const bounds = [
    ...(after ? [{ text: 'last_login >= ?::timestamptz', value: after.toISOString() }] : []),
    ...(before ? [{ text: 'last_login <= ?::timestamptz', value: before.toISOString() }] : []),
  ];
  return bounds.map(({ text, value }) =>
    search === 'index'
      ? { text: `u.id in (select l.user_id from user_logins l where l.${text})`, value }
      : { text: `u.${text}`, value },
  );
}

const PARTS = [
  ['username', 'username'],
  ['email', 'email'],
  ['givenName', 'given_name'],
  ['familyName', 'family_name'],
] as const;

const COUNTED: ReadonlySet<keyof UserFilter> = new Set([
  'isActive',
  'isVerified',
  'isAdmin',
  'requiresPasswordChange',
  'createdAfter',
  'createdBefore',
]);

function fieldsOf(filter: UserFilter): (keyof UserFilter)[] {
  return (Object.keys(filter) as (keyof UserFilter)[]).filter((field) => filter[field] !== undefined);
}

function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
