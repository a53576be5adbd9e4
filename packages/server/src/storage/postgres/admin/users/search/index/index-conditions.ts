/** What the index of the directory is asked: it finds all matches of a filter, and perhaps a few rows more. */
import type { UserFilter } from '../../../../../../ports/store/admin/user-list.js';
import { PARTS, storable } from '../conditions.js';
import { atPlace, ofKinds, signedInAt, withPart } from '../sample/sampled-matches.js';
import type { UserSample } from '../sample/user-sample.js';
import { common, count, type Which } from '../sample/which.js';
import { ALL_KINDS, kindsOf } from '../../user-counts.js';
import type { Range } from './blocks.js';
import { loginBlocks, withFlags } from './login-blocks.js';
import { isPlain, partKeys } from './part-keys.js';
import { type Piece, piece } from '../statement.js';

/** What the index can be asked for, and who of the sample has it. */
interface Asked<What> {
  readonly what: What;
  readonly who: Which;
}

export interface IndexQuestion {
  readonly filter: UserFilter;
  readonly sample: UserSample;
  /** The hours between which everybody signed in. */
  readonly loginHours: Range;
}

/** What most of those have whom the others find is not asked for: the index would go through it for nothing. */
export function indexConditions(question: IndexQuestion): readonly Piece[] {
  const asked = [...parts(question), ...places(question), ...signIns(question), ...flags(question)];
  return telling(asked, question.sample);
}

/** Rows in any of these blocks of the index. */
export function blocks(numbers: readonly number[]): Piece {
  return piece('authly_user_blocks(d.flags, d.created_at) && ?::bigint[]', numbers);
}

function parts({ filter, sample }: IndexQuestion): readonly Asked<Piece>[] {
  return PARTS.flatMap(([field, column]) => {
    const part = storable(filter[field] ?? '');
    if (part === '') return [];
    const known = `authly_parts(d.${column})`;
    const keys = (): readonly string[] =>
      telling(
        partKeys(part).map((key) => ({ what: key, who: withPart(sample, column, key) })),
        sample,
      );
    const what = isPlain(part)
      ? piece(`${known} @> lower(?)::text[]`, keys())
      : piece(`${known} @> array_remove(authly_parts(lower(?)), '')`, part);
    return [{ what, who: withPart(sample, column, part) }];
  });
}

function places({ filter, sample }: IndexQuestion): readonly Asked<Piece>[] {
  const { locale, zoneinfo } = filter;
  const keys =
    locale === undefined || zoneinfo === undefined
      ? [...(locale === undefined ? [] : [`l${locale}`]), ...(zoneinfo === undefined ? [] : [`z${zoneinfo}`])]
      : [`b${locale} ${zoneinfo}`];
  if (keys.length === 0) return [];
  const what = piece('authly_places(d.locale, d.zoneinfo) @> ?::text[]', keys.map(storable));
  return [{ what, who: atPlace(sample, filter) }];
}

/** Together with the flags, if those are asked for. */
function signIns({ filter, sample, loginHours }: IndexQuestion): readonly Asked<Piece>[] {
  const { lastLoginAfter: after, lastLoginBefore: before } = filter;
  if (after === undefined && before === undefined) return [];
  const kinds = kindsOf(filter);
  const numbers = loginBlocks({ after, before }, loginHours);
  const asked = kinds.length === ALL_KINDS.length ? numbers : kinds.flatMap((kind) => numbers.map(withFlags(kind)));
  const what = piece('authly_login_blocks(d.flags, d.login_hour) && ?::bigint[]', asked);
  const who = common(sample.size, [signedInAt(sample, filter), ofKinds(sample, kinds)]);
  return [{ what, who }];
}

/** Flags are asked for with the sign-ins, or alone. */
function flags({ filter, sample }: IndexQuestion): readonly Asked<Piece>[] {
  const kinds = kindsOf(filter);
  if (kinds.length === ALL_KINDS.length) return [];
  if (filter.lastLoginAfter !== undefined || filter.lastLoginBefore !== undefined) return [];
  return [{ what: blocks(kinds.map((kind) => -1 - kind)), who: ofKinds(sample, kinds) }];
}

/** What the fewest have; and what leaves out so many whom that finds that they would cost more than to go through it. */
function telling<What>(asked: readonly Asked<What>[], { size }: UserSample): readonly What[] {
  const rarestFirst = asked
    .map((one) => ({ ...one, users: count(one.who) }))
    .toSorted((left, right) => left.users - right.users);
  const chosen: What[] = [];
  let left: Which | undefined;
  for (const { what, who, users } of rarestFirst) {
    const fewer = left === undefined ? who : common(size, [left, who]);
    const found = left === undefined ? 0 : count(left);
    // Of few nothing can be said but how common this is among all.
    const out = found < ENOUGH ? Math.max(found, 1) * (1 - users / Math.max(1, size)) : found - count(fewer);
    if (chosen.length > 0 && out <= PASSED * users) continue;
    chosen.push(what);
    left = fewer;
  }
  return chosen;
}

/** So much of what a row costs that is looked at and left out costs the index to pass an entry. */
const PASSED = 1 / 40;
/** Of fewer users nothing can be said. */
const ENOUGH = 10;
