import type { Store } from '../../ports/store/store.js';
import type { Transaction } from '../../ports/store/transaction.js';

/** A store whose one transaction stays open after its work, until something more is stored with it. */
export interface Holding {
  readonly store: Store;
  /** Does the last of it and commits. */
  finish(last: Last): Promise<void>;
  /** Rolls back; resolves when that has been done. */
  abandon(reason: unknown): Promise<void>;
}

type Last = (tx: Transaction) => Promise<void>;

/** For an operation whose answer must be kept together with what it changed, and is known only when the change has been made. */
export function holding(store: Store): Holding {
  let decide: ((last: Last) => void) | undefined;
  const decided = new Promise<Last>((resolve) => {
    decide = resolve;
  });
  let ended: Promise<void> | undefined;

  const transaction: Store['transaction'] = (work) => {
    if (ended !== undefined) throw new Error('an operation whose answer is kept has one transaction');
    return new Promise((resolve, reject) => {
      ended = store.transaction(async (tx) => {
        resolve(await work(tx));
        const last = await decided;
        await last(tx);
      });
      ended.catch(reject);
    });
  };

  return {
    store: { ...store, transaction },
    async finish(last) {
      decide?.(last);
      await (ended ?? store.transaction(last));
    },
    async abandon(reason) {
      decide?.(() => Promise.reject(reason));
      await ended?.catch(() => undefined);
    },
  };
}
