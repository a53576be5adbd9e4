/** Runs a batch for many callers, so that an item that the database refuses fails its own caller and nobody else. */
import { DatabaseUnavailableError } from '../../ports/store/unavailable.js';

/** An item with the caller that waits for its result. */
export interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Does all items or none of them; answers one result an item, in order. */
export type RunBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

/**
 * A batch that is refused has done nothing, so its halves are tried again, down to the item that is to blame: a few statements
 * more, however large the batch. A database that is away fails everybody at once.
 */
export async function settleBatch<Item, Result>(
  batch: readonly Waiting<Item, Result>[],
  run: RunBatch<Item, Result>,
): Promise<void> {
  try {
    const results = await run(batch.map(({ item }) => item));
    if (results.length !== batch.length) throw new ResultMismatchError(batch.length, results.length);
    for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result);
  } catch (error) {
    const isHopeless = error instanceof DatabaseUnavailableError || error instanceof ResultMismatchError;
    if (batch.length === 1 || isHopeless) {
      for (const waiting of batch) waiting.reject(error);
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await settleBatch(batch.slice(0, middle), run);
    await settleBatch(batch.slice(middle), run);
  }
}

class ResultMismatchError extends Error {
  constructor(items: number, results: number) {
    super(`a batch of ${items} items was answered with ${results} results`);
    this.name = 'ResultMismatchError';
  }
}
