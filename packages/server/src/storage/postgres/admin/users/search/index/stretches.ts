/** Stretches of the list by time of creation, in the blocks by which the index knows them. */
import { cover, powerOf, type Range } from './blocks.js';

/** The lengths of the blocks in `authly_user_blocks`, in seconds. */
const LENGTHS = { shortest: 8, longest: 26 };
/** Blocks reach beyond an end of the stretch by no more of it. */
const BEYOND = 1 / 64;

/** No stretch is cut shorter, in seconds. */
export const SHORTEST = 2 ** LENGTHS.shortest;

/** The beginning of the block in which a stretch begins: from there on no block holds anything that is not of the stretch. */
export function aligned(stretch: Range): number {
  const length = 2 ** lengthOf(stretch);
  return Math.floor(stretch.from / length) * length;
}

/** Blocks that cover a stretch. */
export function blocksOf(stretch: Range): readonly number[] {
  return cover(stretch, lengthOf(stretch), LENGTHS.longest);
}

function lengthOf({ from, to }: Range): number {
  return powerOf((to - from) * BEYOND, LENGTHS);
}
