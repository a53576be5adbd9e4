/** What the index of the directory is asked: it finds all matches of a filter, and perhaps a few rows more. */
import type { UserFilter } from '../../../../../../ports/store/admin/user-list.js';
import { PARTS, storable } from '../conditions.js';
import { type DirectoryStatistics, type Sample, shareOf, shareOfKinds } from '../directory-statistics.js';
import { ALL_KINDS, kindsOf } from '../../user-counts.js';
import type { Range } from './blocks.js';
import { hourOf, loginBlocks, withFlags } from './login-blocks.js';
import { isPlain, partKeys } from './part-keys.js';
import { type Piece, piece } from '../statement.js';

/** A condition, and the share of all users that meet it as far as it is known. */
interface Asked {
  readonly condition: Piece;
  readonly share: number;
}

export interface IndexQuestion {
  readonly filter: UserFilter;
  readonly statistics: DirectoryStatistics;
  /** The hours between which everybody signed in. */
  readonly loginHours: Range;
  /** Flags are asked for also where many users have them. */
  readonly everyFlag?: boolean;
}

/** What most users meet is not asked for beside what few do: the index would go through it for nothing. */
export function indexConditions(question: IndexQuestion): readonly Piece[] {
  const asked = [...parts(question), ...places(question), ...signIns(question), ...flags(question)];
  const rare = asked.filter(({ share }) => share < COMMON);
  const rarest = asked.toSorted((left, right) => left.share - right.share).slice(0, 1);
  return (rare.length > 0 ? rare : rarest).map(({ condition }) => condition);
}

/** Rows in any of these blocks of the index. */
export function blocks(numbers: readonly number[]): Piece {
  return piece('authly_user_blocks(d.flags, d.created_at) && ?::bigint[]', numbers);
}

function parts({ filter, statistics }: IndexQuestion): readonly Asked[] {
  return PARTS.flatMap(([field, column]) => {
    const part = storable(filter[field] ?? '');
    if (part === '') return [];
    const known = `authly_parts(d.${column})`;
    const sample = statistics.columns.get(column) ?? [];
    const share = shareOf(sample, (text) => text.includes(part.toLowerCase()));
    return isPlain(part)
      ? [{ condition: piece(`${known} @> lower(?)::text[]`, telling(partKeys(part), sample)), share }]
      : [{ condition: piece(`${known} @> array_remove(authly_parts(lower(?)), '')`, part), share }];
  });
}

/** The rarest of the keys, and those that leave out many of what it finds. */
function telling(keys: readonly string[], sample: Sample): readonly string[] {
  const has = (key: string) => (text: string) => text.includes(key.toLowerCase());
  const rarestFirst = keys
    .map((key) => ({ key, share: shareOf(sample, has(key)) }))
    .toSorted((left, right) => left.share - right.share);
  const chosen: string[] = [];
  let left = sample;
  for (const { key, share } of rarestFirst) {
    const fewer = left.filter(({ text }) => has(key)(text));
    const isTelling = left.length === 0 ? share < COMMON : shareOf(fewer) <= WORTH * shareOf(left);
    if (chosen.length > 0 && !isTelling) continue;
    chosen.push(key);
    left = fewer;
  }
  return chosen;
}

function places({ filter, statistics }: IndexQuestion): readonly Asked[] {
  const { locale, zoneinfo } = filter;
  const share = (column: string, place: string | undefined): number =>
    place === undefined ? 1 : shareOf(statistics.columns.get(column) ?? [], (text) => text === place);
  const keys =
    locale === undefined || zoneinfo === undefined
      ? [...(locale === undefined ? [] : [`l${locale}`]), ...(zoneinfo === undefined ? [] : [`z${zoneinfo}`])]
      : [`b${locale} ${zoneinfo}`];
  if (keys.length === 0) return [];
  const condition = piece('authly_places(d.locale, d.zoneinfo) @> ?::text[]', keys.map(storable));
  return [{ condition, share: Math.min(share('locale', locale), share('zoneinfo', zoneinfo)) }];
}

/** Together with the flags, if those are asked for. */
function signIns({ filter, statistics, loginHours }: IndexQuestion): readonly Asked[] {
  const { lastLoginAfter: after, lastLoginBefore: before } = filter;
  if (after === undefined && before === undefined) return [];
  const kinds = kindsOf(filter);
  const numbers = loginBlocks({ after, before }, loginHours);
  const share = shareOf(statistics.columns.get('login_hour') ?? [], (text) => {
    const hour = Number(text);
    return hour >= (after ? hourOf(after) : hour) && hour <= (before ? hourOf(before) : hour);
  });
  const asked = kinds.length === ALL_KINDS.length ? numbers : kinds.flatMap((kind) => numbers.map(withFlags(kind)));
  return [
    {
      condition: piece('authly_login_blocks(d.flags, d.login_hour) && ?::bigint[]', asked),
      share: share * shareOfKinds(statistics, kinds),
    },
  ];
}

/** Flags are asked for with the sign-ins, or alone if they are rare. */
function flags({ filter, statistics, everyFlag = false }: IndexQuestion): readonly Asked[] {
  const kinds = kindsOf(filter);
  if (kinds.length === ALL_KINDS.length || statistics.kinds.size === 0) return [];
  if (filter.lastLoginAfter !== undefined || filter.lastLoginBefore !== undefined) return [];
  const share = shareOfKinds(statistics, kinds);
  if (share > (everyFlag ? NEARLY_ALL : RARE)) return [];
  return [{ condition: blocks(kinds.map((kind) => -1 - kind)), share: Math.min(share, RARE) }];
}

/** A condition that more meet is checked row by row at less cost. */
const COMMON = 0.6;
/** Flags of more users than these are better looked at row by row. */
const RARE = 0.2;
const NEARLY_ALL = 0.9;
/** A key beside others is worth asking for when it leaves no more of what they find. */
const WORTH = 0.8;
