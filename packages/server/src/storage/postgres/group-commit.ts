/** Many small writes become few large ones: what arrives while a batch is being written forms the next batch. */
import { DatabaseUnavailableError } from '../../ports/store/unavailable.js';
import { type RunBatch, settleBatch, type Waiting } from './settle-batch.js';

export interface Flushable {
  /** Resolves when everything that was added before has been decided. */
  flush(): Promise<void>;
}

export interface GroupCommit<Row, Result> extends Flushable {
  /** Resolves after the commit of the batch that the row went with; rejects when this row could not be stored. */
  add(row: Row): Promise<Result>;
}

export interface GroupCommitOptions<Row, Result> {
  /** Writes all rows in one statement or none of them; answers one result a row, in order. */
  readonly write: RunBatch<Row, Result>;
  readonly maxBatch?: number;
  /** More waiting rows than this are refused, so that a slow database cannot fill the memory. */
  readonly maxQueue?: number;
}

/** Gathers rows without a timer: an idle queue writes at once, a busy one as soon as the batch before is done. */
export function groupCommit<Row, Result = void>(options: GroupCommitOptions<Row, Result>): GroupCommit<Row, Result> {
  const { write, maxBatch = 256, maxQueue = 20_000 } = options;
  let queue: Waiting<Row, Result>[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    // callers of the same moment share the first batch
    await undefined;
    while (queue.length > 0) {
      const batch = queue.slice(0, maxBatch);
      queue = queue.slice(maxBatch);
      await settleBatch(batch, write);
    }
    working = undefined;
  }

  return {
    add: (row) => {
      if (queue.length >= maxQueue) return Promise.reject(new DatabaseUnavailableError(new Error('queue full'), 1));
      return new Promise((resolve, reject) => {
        queue.push({ item: row, resolve, reject });
        working ??= work();
      });
    },
    flush: async () => {
      await working;
    },
  };
}
