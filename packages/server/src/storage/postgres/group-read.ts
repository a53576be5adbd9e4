/** Many reads by key become one: keys that are asked for while a read is under way form the next one. */
import { DatabaseUnavailableError } from '../../ports/store/unavailable.js';
import { settleBatch, type Waiting } from './settle-batch.js';

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
  let queue: Waiting<Key, Value | undefined>[] = [];
  let busy = 0;
  let begunAt = 0;

  const readAll = async (keys: readonly Key[]): Promise<readonly (Value | undefined)[]> => {
    const names = keys.map(nameOf);
    const values = await read([...new Map(names.map((name, index) => [name, keys[index] as Key])).values()]);
    return names.map((name) => values.get(name));
  };

  async function work(): Promise<void> {
    // callers of the same moment share the first read
    await undefined;
    while (queue.length > 0) {
      const batch = queue.slice(0, maxBatch);
      queue = queue.slice(maxBatch);
      begunAt = now();
      await settleBatch(batch, readAll);
    }
    busy -= 1;
  }

  return {
    find: (key) => {
      if (queue.length >= maxQueue) return Promise.reject(new DatabaseUnavailableError(new Error('queue full'), 1));
      return new Promise((resolve, reject) => {
        queue.push({ item: key, resolve, reject });
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
