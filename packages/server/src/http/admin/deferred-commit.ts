import type { Store } from '../../ports/store/store.js';
import type { Transaction } from '../../ports/store/transaction.js';

/** A store that does not commit its one transaction when the work in it is done, but when it is told to. */
export interface DeferredCommit {
  readonly store: Store;
  /** Does one thing more in the transaction, then commits. */
  commit(last: LastWork): Promise<void>;
  /** Resolves when everything is undone. */
  rollBack(reason: unknown): Promise<void>;
}

type LastWork = (tx: Transaction) => Promise<void>;

/**
 * For an operation whose answer must be stored together with what it changed: the answer is known only when the rule, which opens
 * and ends its transaction itself, has come back. A second transaction would be outside the first and is refused.
 */
export function deferCommit(store: Store): DeferredCommit {
  let decide: ((last: LastWork) => void) | undefined;
  const decision = new Promise<LastWork>((resolve) => {
    decide = resolve;
  });
  let end: Promise<void> | undefined;

  const transaction: Store['transaction'] = (work) => {
    if (end !== undefined) throw new Error('an operation whose answer is stored with its change has one transaction');
    return new Promise((resolve, reject) => {
      end = store.transaction(async (tx) => {
        resolve(await work(tx));
        const last = await decision;
        await last(tx);
      });
      end.catch(reject);
    });
  };

  return {
    store: { ...store, transaction },
    async commit(last) {
      decide?.(last);
      await (end ?? store.transaction(last));
    },
    async rollBack(reason) {
      decide?.(() => Promise.reject(reason));
      await end?.catch(() => undefined);
    },
  };
}
