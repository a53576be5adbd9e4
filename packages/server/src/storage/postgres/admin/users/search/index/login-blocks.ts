/** Ranges of sign-ins, in the blocks of hours by which the index of the directory knows them. */
import { cover, powerOf } from './blocks.js';

/** The lengths of the blocks in `authly_login_blocks`, in hours. */
const LENGTHS = { shortest: 0, longest: 20 };
/** Hours before and after which nobody signs in: 1850 and 2209. */
const FIRST = -(2 ** LENGTHS.longest);
const LAST = 2 ** (LENGTHS.longest + 1) - 1;
/** Blocks may reach beyond each end of the range by so much of it: fewer blocks are quicker, and each row is looked at anyway. */
const BEYOND = 1 / 16;

export interface LoginRange {
  readonly after: Date | undefined;
  readonly before: Date | undefined;
}

/** The hour of a time, counted from 1970. */
export function hourOf(time: Date): number {
  return Math.floor(time.getTime() / 3_600_000);
}

/** Blocks that cover a range, and little beyond it. `since` and `now` are the hours between which people can have signed in. */
export function loginBlocks(
  { after, before }: LoginRange,
  { since, now }: { readonly since: number; readonly now: number },
): readonly number[] {
  const from = Math.max(FIRST, after === undefined ? FIRST : hourOf(after));
  const to = Math.min(LAST, before === undefined ? LAST : hourOf(before));
  const length = Math.min(to, now) - Math.max(from, since);
  return cover({ from, to }, powerOf(length * BEYOND, LENGTHS), LENGTHS.longest);
}

/** A block of those with certain flags. */
export function withFlags(kind: number): (block: number) => number {
  return (block) => block * 16 + kind + 2 ** 50;
}
