/** Stretches of the list by time of creation, in the blocks by which the index knows them. */

/** The lengths of the blocks in `authly_user_blocks`, as powers of two seconds. */
const LENGTHS = [8, 10, 12, 14, 16, 18, 20, 22, 24, 26] as const;
/** Each block is a list that the index goes through. */
const MOST_BLOCKS = 4;

/** No stretch is cut shorter, in seconds. */
export const SHORTEST = 2 ** LENGTHS[0];

export interface Stretch {
  /** Both ends included, in seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** The beginning of the block in which a stretch begins: from there on no block holds anything that is not of the stretch. */
export function aligned({ from, to }: Stretch): number {
  const length = lengthOf({ from, to });
  return length === undefined ? from : blockAt(from, length) * 2 ** length;
}

/** Blocks that cover a stretch; `undefined` when it is too long for any. */
export function blocksOf({ from, to }: Stretch): readonly number[] | undefined {
  const length = lengthOf({ from, to });
  if (length === undefined) return undefined;
  const first = blockAt(from, length);
  return Array.from({ length: blockAt(to, length) - first + 1 }, (_, index) => (first + index) * 32 + length);
}

function lengthOf({ from, to }: Stretch): number | undefined {
  return LENGTHS.find((power) => blockAt(to, power) - blockAt(from, power) < MOST_BLOCKS);
}

function blockAt(second: number, power: number): number {
  return Math.floor(second / 2 ** power);
}
