/** The matches of a search behind a place of the list, until the page is full. */
import type { User } from '../../../../../model/user.js';
import { after, countedPage, type Matches, type Place } from './matches.js';
import type { Found, Search } from './search.js';
import { joined, type Piece, piece, where } from './statement.js';
import { areFewRows, endOfList, isMuch, lowerEdge, rowsInOrder } from './stretch-length.js';
import { blocksOf, SHORTEST } from './index/stretches.js';
import {
  createdConditions,
  createdSince,
  createdUntil,
  rowConditions,
  signedIn,
  signedInWithin,
} from './conditions.js';
import { blocks, indexConditions } from './index/index-conditions.js';

/** All of them at once, from the index; or from the rows themselves, when few were created at the times asked for. */
export async function allMatches(search: Search): Promise<Matches> {
  const { pool, filter, skip, limit, limits } = search;
  const bounds = createdConditions(filter);
  const found = areFewRows(search) ? inOrder(search, { bounds }) : fetched(search, bounds, stretchWithin(search));
  return await countedPage(pool, found, { skip, limit, most: 2 * limits.mostCounted + 1 });
}

/** Between the times of creation that are asked for, if that is not most of the list. */
function stretchWithin(search: Search): readonly number[] | undefined {
  const { filter, created } = search;
  const from = Math.max(created.from, (filter.createdAfter?.getTime() ?? Number.NEGATIVE_INFINITY) / 1000);
  const to = Math.min(created.to, (filter.createdBefore?.getTime() ?? Number.POSITIVE_INFINITY) / 1000);
  return isMuch(search) ? undefined : blocksOf({ from, to });
}

/** Where matches lie closely, first some rows in their order; then stretches through the index. */
export async function rest(search: Search): Promise<Found> {
  const { pool, filter, skip, limit, from, edge, created } = search;
  const rows = rowsInOrder(search);
  if (rows === undefined)
    return await inStretches(search, {
      users: [],
      last: undefined,
      total: 0,
      upper: [...after(from), ...createdUntil(filter)],
      edge,
      oldest: created.from,
    });
  const bounds = [...after(from), ...createdConditions(filter)];
  const first = await countedPage(
    pool,
    inOrder(search, { bounds, rows }),
    { skip, limit, most: skip + limit },
    endOf(bounds, rows),
  );
  const { users, last, total, end } = first;
  if (users.length === limit) return { users, last, all: undefined };
  if (end === undefined) return { users, last, all: total };
  const { place, oldest } = end;
  return await inStretches(search, { users, last, total, upper: after(place), edge: place.second, oldest });
}

/** What is known of a list up to a place in it. */
interface Begun {
  /** Those of the page. */
  readonly users: readonly User[];
  readonly last: Place | undefined;
  /** Matches before the place. */
  readonly total: number;
  /** What lies behind the place, and the second from which on it does. */
  readonly upper: readonly Piece[];
  readonly edge: number;
  /** The second of the oldest user. */
  readonly oldest: number;
}

async function inStretches(search: Search, begun: Begun): Promise<Found> {
  const { pool, filter, limits, skip, limit, matches } = search;
  const { oldest } = begun;
  const users = [...begun.users];
  let { last, total, upper, edge } = begun;
  let longest = Number.POSITIVE_INFINITY;
  // Users for each match, once a stretch has shown it.
  let spread: number | undefined;
  for (;;) {
    const missing = Math.min(skip + limit - total, limits.mostFetched / 2);
    const target =
      spread === undefined ? matches.target(missing, edge) : matches.downTo(AMPLY * spread * missing, edge);
    const lower = lowerEdge(search, { edge, target: Math.max(target, edge - longest), oldest });
    const bounds = [...upper, ...(lower === undefined ? createdSince(filter) : [since(lower)])];
    const wanted = { skip: Math.max(0, skip - total), limit: limit - users.length };
    const isLong = lower === undefined && isMuch(search, edge);
    const stretch = isLong ? undefined : blocksOf({ from: lower ?? endOfList(search, oldest), to: edge });
    let found = await countedPage(pool, fetched(search, bounds, stretch), { ...wanted, most: limits.mostFetched + 1 });
    if (found.total > limits.mostFetched) {
      const length = edge - (lower ?? oldest);
      if (length > 2 * SHORTEST) {
        longest = length / 2;
        continue;
      }
      // Too many who came at nearly the same time.
      found = await countedPage(pool, inOrder(search, { bounds }), { ...wanted, most: wanted.skip + wanted.limit });
    }
    users.push(...found.users);
    last = found.last ?? last;
    total += found.total;
    if (users.length === limit) return { users, last, all: undefined };
    if (lower === undefined) return { users, last, all: total };
    const passed = matches.users(edge) - matches.users(lower);
    spread = found.total >= TELLING ? Math.max(1, passed / found.total) : undefined;
    edge = lower;
    upper = [piece('d.created_at < to_timestamp(?::float8)', lower)];
    longest *= 2;
  }
}

/** So many matches show how closely they lie; the next stretch is made a little longer than that says. */
const TELLING = 100;
const AMPLY = 1.2;

function since(second: number): Piece {
  return piece('d.created_at >= to_timestamp(?::float8)', second);
}

/** Matches that the index finds, in no order; or of few who signed in, each looked at. */
function fetched(search: Search, bounds: readonly Piece[], stretch?: readonly number[]): Piece {
  const { filter, fromLogins } = search;
  const found = fromLogins
    ? [...bounds, ...signedIn(filter)]
    : [
        ...bounds.map(notByOrder),
        ...(stretch === undefined ? [] : [blocks(stretch)]),
        ...indexConditions(search),
        ...signedInWithin(filter),
      ];
  return joined(
    [piece('select d.user_id, d.created_at from user_directory d'), where([...rowConditions(filter), ...found])],
    ' ',
  );
}

/** The order's own index would bring most of the table, and the planner does not know how little the other leaves. */
function notByOrder({ text, values }: Piece): Piece {
  return { text: text.replaceAll('d.created_at', `d.created_at + interval '0'`), values };
}

/** Matches among all rows within bounds, or among the first of them, in their order. */
function inOrder(
  { filter }: Search,
  { bounds, rows }: { readonly bounds: readonly Piece[]; readonly rows?: number },
): Piece {
  const first = rows === undefined ? piece(ORDER) : piece(`${ORDER} limit ?`, rows);
  return joined(
    [
      piece('select d.user_id, d.created_at from (select * from user_directory d'),
      where(bounds),
      first,
      piece(') d'),
      where([...rowConditions(filter), ...signedInWithin(filter)]),
      piece(ORDER),
    ],
    ' ',
  );
}

const ORDER = 'order by d.created_at desc, d.user_id desc';

/** Written out only for the row itself, and not for those that are passed on the way. */
function endOf(bounds: readonly Piece[], rows: number): Piece {
  return joined(
    [
      piece(`select json_build_object(
               'place', json_build_object('at', d.created_at::text, 'id', d.user_id, 'second', floor(date_part('epoch', d.created_at))),
               'oldest', (select floor(date_part('epoch', min(o.created_at))) from user_directory o))
               from (select d.created_at, d.user_id from user_directory d`),
      where(bounds),
      piece(`${ORDER} offset ? limit 1) d`, rows - 1),
    ],
    ' ',
  );
}
