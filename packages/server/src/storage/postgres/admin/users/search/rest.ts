/** The matches of a search behind a place of the list, until the page is full. */
import { after, countedPage, type End, type Matches } from './matches.js';
import type { Found, Search } from './search.js';
import { sampledMatches } from './sample.js';
import { joined, type Piece, piece, where } from './statement.js';
import { areFewRows, endOfList, firstTarget, isMuch, lowerEdge, rowsInOrder } from './stretch-length.js';
import { blocksOf, SHORTEST } from './index/stretches.js';
import { createdConditions, rowConditions, signedIn, signedInWithin } from './conditions.js';
import { blocks, indexConditions } from './index/index-conditions.js';

/** All of them at once, from the index; or from the rows themselves, when few were created at the times asked for. */
export async function allMatches(search: Search): Promise<Matches> {
  const { pool, filter, skip, limit, limits } = search;
  const bounds = createdConditions(filter);
  const found = areFewRows(search) ? inOrder(search, { bounds }) : fetched(search, bounds, stretchWithin(search));
  return await countedPage(pool, found, { skip, limit, most: limits.mostCounted + 1 });
}

/** Between the times of creation that are asked for. */
function stretchWithin(search: Search): readonly number[] | undefined {
  const { filter, created } = search;
  const from = Math.max(created.from, (filter.createdAfter?.getTime() ?? Number.NEGATIVE_INFINITY) / 1000);
  const to = Math.min(created.to, (filter.createdBefore?.getTime() ?? Number.POSITIVE_INFINITY) / 1000);
  const isAll = filter.createdAfter === undefined && filter.createdBefore === undefined;
  return isAll ? undefined : blocksOf({ from, to });
}

/** First some rows in their order, if those may fill the page; then stretches, the first as long as the planner's guess says. */
export async function rest(search: Search): Promise<Found> {
  const { pool, filter, skip, limit, from } = search;
  const bounds = [...after(from), ...createdConditions(filter)];
  const rows = rowsInOrder(search);
  const first = await countedPage(
    pool,
    inOrder(search, { bounds, rows }),
    { skip, limit, most: skip + limit },
    endOf(bounds, rows),
  );
  if (first.users.length === limit) return { users: first.users, last: first.last, all: undefined };
  if (first.end === undefined) return { users: first.users, last: first.last, all: first.total };
  return await inStretches(search, { first, rows }, first.end);
}

async function inStretches(
  search: Search,
  { first, rows }: { readonly first: Matches; readonly rows: number },
  end: End,
): Promise<Found> {
  const { place, oldest } = end;
  const { pool, filter, limits, skip, limit } = search;
  const users = [...first.users];
  let { last, total } = first;
  let upper: readonly Piece[] = after(place);
  let edge = place.second;
  const missing = (): number => Math.min(skip + limit - total, limits.mostFetched / 2);
  let target = firstTarget(search, { matches: first.total, missing: missing(), rows, end });
  // Where many are passed, a wrong guess costs more than the sample.
  let sample = missing() > MANY ? await sampledMatches(search) : undefined;
  if (sample?.contradicts(missing(), { from: target, to: edge })) target = sample.target(missing(), edge);
  for (;;) {
    const lower = lowerEdge(search, { edge, target, oldest });
    const bounds = [...upper, ...(lower === undefined ? createdConditions(filter) : [since(lower)])];
    const wanted = { skip: Math.max(0, skip - total), limit: limit - users.length };
    const isLong = lower === undefined && filter.createdAfter === undefined && isMuch(search, edge);
    const stretch = isLong ? undefined : blocksOf({ from: lower ?? endOfList(search, oldest), to: edge });
    const asked = sample && sample.expected < EXCLUDING * search.expected ? { ...search, everyFlag: true } : search;
    let found = await countedPage(pool, fetched(asked, bounds, stretch), { ...wanted, most: limits.mostFetched + 1 });
    if (found.total > limits.mostFetched) {
      const length = edge - (lower ?? oldest);
      if (length > 2 * SHORTEST) {
        sample ??= await sampledMatches(search);
        const nearer = sample.target(missing(), edge);
        target = nearer > target ? nearer : edge - length / 2;
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
    edge = lower;
    upper = [piece('d.created_at < to_timestamp(?::float8)', lower)];
    sample ??= await sampledMatches(search);
    target = sample.target(missing(), edge);
  }
}

const MANY = 1000;
/** Of the matches that were expected, so few that the conditions seem to exclude each other. */
const EXCLUDING = 0.2;

function since(second: number): Piece {
  return piece('d.created_at >= to_timestamp(?::float8)', second);
}

/** Matches that the index finds, in no order; or of few who signed in, each looked at. */
function fetched(
  search: Search & { readonly everyFlag?: boolean },
  bounds: readonly Piece[],
  stretch?: readonly number[],
): Piece {
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
