/**
 * Blocks of time, by which the index of the directory knows when somebody came and when somebody signed in. Their lengths are powers
 * of two, each four times the one before; each block has a number of its own among those of all lengths.
 */

export interface Range {
  /** Both ends included. */
  readonly from: number;
  readonly to: number;
}

/** Lengths of blocks, as even powers of two. */
export interface Lengths {
  readonly shortest: number;
  readonly longest: number;
}

/** The longest length that is no longer than `length`, as a power of two. */
export function powerOf(length: number, { shortest, longest }: Lengths): number {
  return Math.min(longest, Math.max(shortest, length < 1 ? 0 : 2 * Math.floor(Math.log2(length) / 2)));
}

/** The blocks that cover a range, as few as hold nothing beyond the blocks of the length 2 ** `power` at its ends. */
export function cover({ from, to }: Range, power: number, longest: number): readonly number[] {
  return covered(Math.floor(from / 2 ** power), Math.floor(to / 2 ** power), { power, longest });
}

/** From the `first` to the `last` block of a length, four at a time taken as one of the next length. */
function covered(
  first: number,
  last: number,
  { power, longest }: { readonly power: number; readonly longest: number },
): readonly number[] {
  const low = Math.ceil(first / 4);
  const high = Math.floor((last + 1) / 4);
  if (power === longest || low >= high) return numbers(first, last, power);
  return [
    ...numbers(first, 4 * low - 1, power),
    ...numbers(4 * high, last, power),
    ...covered(low, high - 1, { power: power + 2, longest }),
  ];
}

function numbers(first: number, last: number, power: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * 32 + power);
}
