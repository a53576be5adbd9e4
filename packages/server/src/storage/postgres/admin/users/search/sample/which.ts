/** Some of a sample: for each user 1 or 0. */
export type Which = Uint8Array;

export function those(size: number, isSuch: (index: number) => boolean): Which {
  const which = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) which[index] = isSuch(index) ? 1 : 0;
  return which;
}

/** Those that are among all of these. */
export function common(size: number, all: readonly Which[]): Which {
  const among = new Uint8Array(size).fill(1);
  for (const which of all) for (let index = 0; index < size; index += 1) if (which[index] !== 1) among[index] = 0;
  return among;
}

export function count(which: Which): number {
  let sum = 0;
  for (const is of which) sum += is;
  return sum;
}
