/** Ranges of sign-ins, in the blocks of hours by which the index of the directory knows them. */
import { cover, powerOf, type Range } from './blocks.js';

/** The lengths of the blocks in `authly_login_blocks`, in hours. */
const LENGTHS = { shortest: 0, longest: 20 };
/** Blocks may reach beyond each end of the range by so much of it: fewer blocks are quicker, and each row is looked at anyway. */
const BEYOND = 1 / 8;

export interface LoginRange {
  readonly after: Date | undefined;
  readonly before: Date | undefined;
}

/** The hour of a time, counted from 1970. */
export function hourOf(time: Date): number {
  return Math.floor(time.getTime() / 3_600_000);
}

/** Blocks that cover a range, and little beyond it. `all` are the hours between which everybody signed in. */
export function loginBlocks({ after, before }: LoginRange, all: Range): readonly number[] {
  const from = Math.max(all.from, after === undefined ? all.from : hourOf(after));
  const to = Math.min(all.to, before === undefined ? all.to : hourOf(before));
  if (from > to) return [];
  const power = powerOf((to - from) * BEYOND, LENGTHS);
  // Beyond an end that is open there is nobody, so that the blocks may end where longer ones do.
  const longest = 2 ** powerOf(to - from, LENGTHS);
  return cover(
    {
      from: from === all.from ? Math.floor(from / longest) * longest : from,
      to: to === all.to ? Math.floor(to / longest) * longest + longest - 1 : to,
    },
    power,
    LENGTHS.longest,
  );
}

/** A block of those with certain flags. */
export function withFlags(kind: number): (block: number) => number {
  return (block) => block * 16 + kind + 2 ** 50;
}
