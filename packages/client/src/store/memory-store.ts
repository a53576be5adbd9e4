/** A store that lives as long as the process. */
import type { LockOptions, RecordMeta, StoredRecord, TokenStore } from './token-store.js';

/**
 * Keeps tokens in memory only; nothing is ever written.
 *
 * @example
 * ```ts
 * const client = new AuthClient({ issuer, clientId, store: createMemoryStore() });
 * ```
 */
export function createMemoryStore(initial: readonly StoredRecord[] = []): TokenStore {
  const records = new Map(initial.map((record) => [record.key, record]));
  const queues = new Map<string, Promise<unknown>>();

  return {
    read: async (key) => records.get(key),
    update: async (key, change) => {
      const next = change(records.get(key));
      if (next) records.set(key, next);
      else records.delete(key);
    },
    withLock: (key, work, options) => queued(queues, key, work, options),
    list: async () => [...records.values()].map(metaOf),
    describe: () => ({ backend: 'memory', encrypted: false }),
  };
}

/** Drops the secrets of a record. */
export function metaOf(record: StoredRecord): RecordMeta {
  const { secrets: _secrets, ...meta } = record;
  return meta;
}

async function queued<T>(
  queues: Map<string, Promise<unknown>>,
  key: string,
  work: () => Promise<T>,
  options: LockOptions<T> | undefined,
): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve();
  const turn = before.then(async () => {
    options?.signal?.throwIfAborted();
    return (await options?.settled?.()) ?? work();
  });
  const settled = turn.catch(() => undefined);
  queues.set(key, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}
