/** What a sample of the users says of a search: how many match, and where in the list they lie. */
import type { UserFilter } from '../../../../../../ports/store/admin/user-list.js';
import { ALL_KINDS, kindsOf } from '../../user-counts.js';
import { PARTS, storable } from '../conditions.js';
import { hourOf } from '../index/login-blocks.js';
import type { TextColumn, UserSample } from './user-sample.js';
import { common, those, type Which } from './which.js';

export interface SampledMatches {
  /** About how many there are. */
  readonly expected: number;
  /** About how many users were created at the times asked for, from `edge` on. */
  users(edge?: number): number;
  /** Down to which second as many matches behind `edge` probably are; lower than all when it needs all. */
  target(missing: number, edge: number): number;
  /** Down to which second about as many users behind `edge` were created. */
  downTo(users: number, edge: number): number;
}

export function sampledMatches(sample: UserSample, filter: UserFilter): SampledMatches {
  const { users, size, second } = sample;
  const weight = users / Math.max(1, size);
  const isWithin = isCreatedWithin(filter);
  const isMatch = common(size, matching(sample, filter));
  const created = second.filter(isWithin);
  const matches = second.filter((at, index) => isMatch[index] === 1 && isWithin(at));
  return {
    expected: matches.length * weight,
    users: (edge = Number.POSITIVE_INFINITY) => (created.length - newerThan(created, edge)) * weight,
    target(missing, edge) {
      const wanted = missing / weight;
      const place = newerThan(matches, edge) + Math.ceil(wanted + AMPLY * Math.sqrt(wanted));
      return matches[place] ?? Number.NEGATIVE_INFINITY;
    },
    downTo: (passed, edge) =>
      created[newerThan(created, edge) + Math.ceil(passed / weight)] ?? Number.NEGATIVE_INFINITY,
  };
}

/** Standard deviations by which a sample may err. */
const AMPLY = 1;

/** How many of some times, newest first, are after one. */
function newerThan(times: readonly number[], edge: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) > edge) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** But for the time of creation: who meets each condition. */
function matching(sample: UserSample, filter: UserFilter): readonly Which[] {
  const kinds = kindsOf(filter);
  return [
    ...PARTS.flatMap(([field, column]) =>
      filter[field] === undefined ? [] : [withPart(sample, column, filter[field])],
    ),
    ...(kinds.length === ALL_KINDS.length ? [] : [ofKinds(sample, kinds)]),
    ...(filter.locale === undefined && filter.zoneinfo === undefined ? [] : [atPlace(sample, filter)]),
    ...(filter.lastLoginAfter === undefined && filter.lastLoginBefore === undefined
      ? []
      : [signedInAt(sample, filter)]),
  ];
}

export function withPart({ texts }: UserSample, column: TextColumn, part: string): Which {
  return texts[column].with(storable(part).toLowerCase());
}

export function ofKinds({ size, flags }: UserSample, kinds: readonly number[]): Which {
  return those(size, (index) => kinds.includes(flags[index] ?? -1));
}

export function atPlace(sample: UserSample, { locale, zoneinfo }: UserFilter): Which {
  return those(
    sample.size,
    (index) =>
      (locale === undefined || sample.locale[index] === storable(locale)) &&
      (zoneinfo === undefined || sample.zoneinfo[index] === storable(zoneinfo)),
  );
}

/** By whole hours. */
export function signedInAt(sample: UserSample, { lastLoginAfter, lastLoginBefore }: UserFilter): Which {
  const from = lastLoginAfter === undefined ? Number.NEGATIVE_INFINITY : hourOf(lastLoginAfter);
  const to = lastLoginBefore === undefined ? Number.POSITIVE_INFINITY : hourOf(lastLoginBefore);
  return those(sample.size, (index) => {
    const hour = sample.login_hour[index] ?? Number.NaN;
    return hour >= from && hour <= to;
  });
}

function isCreatedWithin({ createdAfter, createdBefore }: UserFilter): (second: number) => boolean {
  const from = createdAfter === undefined ? Number.NEGATIVE_INFINITY : Math.floor(createdAfter.getTime() / 1000);
  const to = createdBefore === undefined ? Number.POSITIVE_INFINITY : createdBefore.getTime() / 1000;
  return (second) => second >= from && second <= to;
}
