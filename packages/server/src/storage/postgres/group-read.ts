/** Many reads by key become one: keys that are asked for while a read is under way form the next one. */
import { DatabaseUnavailableError } from '../../ports/store/unavailable.js';

export interface GroupRead<Key, Value> {
  find(key: Key): Promise<Value | undefined>;
}

export interface GroupReadOptions<Key, Value> {
  /** Reads all keys in one statement; what is not in the answer does not exist. */
  readonly read: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>;
  /** The name under which the answer holds a key. */
  readonly nameOf: (key: Key) => string;
  readonly maxBatch?: number;
  readonly maxQueue?: number;
  /** How many reads may be under way at once: more than one for many keys, or beside a read that is slow. */
  readonly lanes?: number;
  readonly now?: () => number;
}

/** A caller never joins a read that began before it asked, so it always sees what was committed before. */
export function groupRead<Key, Value>(options: GroupReadOptions<Key, Value>): GroupRead<Key, Value> {
  const { read, nameOf, maxBatch = 128, maxQueue = 20_000, lanes = 2 } = options;
  const now = options.now ?? (() => performance.now());
  let queue: Waiting<Key, Value>[] = [];
  let busy = 0;
  let begunAt = 0;

  async function work(): Promise<void> {
    // callers of the same moment share the first read
    await undefined;
    while (queue.length > 0) {
      const batch = queue.slice(0, maxBatch);
      queue = queue.slice(maxBatch);
      begunAt = now();
      await answer(batch, read);
    }
    busy -= 1;
  }

  return {
    find: (key) => {
      if (queue.length >= maxQueue) return Promise.reject(new DatabaseUnavailableError(new Error('queue full'), 1));
      return new Promise((resolve, reject) => {
        queue.push({ key, name: nameOf(key), resolve, reject });
        const mayWait = busy > 0 && queue.length < WORTH_A_LANE && now() - begunAt < SLOW_MS;
        if (busy >= lanes || mayWait) return;
        busy += 1;
        begunAt = now();
        void work();
      });
    },
  };
}

/** A statement costs as much as many keys in it: few of them had better wait for the one under way. */
const WORTH_A_LANE = 32;
const SLOW_MS = 20;

interface Waiting<Key, Value> {
  readonly key: Key;
  readonly name: string;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

async function answer<Key, Value>(
  batch: readonly Waiting<Key, Value>[],
  read: GroupReadOptions<Key, Value>['read'],
): Promise<void> {
  try {
    const keys = new Map(batch.map(({ name, key }) => [name, key]));
    const values = await read([...keys.values()]);
    for (const { name, resolve } of batch) resolve(values.get(name));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
