/** Stretches of the list by time of creation, in the blocks by which the index knows them. */

/** The lengths of the blocks in `authly_user_blocks`, as powers of two seconds. */
const LENGTHS = [8, 10, 12, 14, 16, 18, 20, 22, 24, 26] as const;
/** Each block is a list that the index goes through; short blocks miss the stretch by less. */
const MOST_BLOCKS = 8;

/** No stretch is cut shorter, in seconds. */
export const SHORTEST = 2 ** LENGTHS[0];

/** Blocks that cover a stretch, both ends included, in seconds since 1970; `undefined` when it is too long for any. */
export function blocksOf({ from, to }: { readonly from: number; readonly to: number }): readonly number[] | undefined {
  const length = LENGTHS.find((power) => blockAt(to, power) - blockAt(from, power) < MOST_BLOCKS);
  if (length === undefined) return undefined;
  const first = blockAt(from, length);
  return Array.from({ length: blockAt(to, length) - first + 1 }, (_, index) => (first + index) * 32 + length);
}

function blockAt(second: number, power: number): number {
  return Math.floor(second / 2 ** power);
}
