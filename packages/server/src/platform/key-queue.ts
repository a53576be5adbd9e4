import type { KeyQueue } from '../ports/key-queue.js';

/** A queue for each key: at most `width` pieces of work on one key run at once; the others wait in the order they came. */
export function createKeyQueue(width: number): KeyQueue {
  const queues = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  return {
    async run(key, work) {
      const queue = queues.get(key) ?? { running: 0, waiting: [] };
      queues.set(key, queue);
      if (queue.running >= width) await new Promise<void>((resolve) => queue.waiting.push(resolve));
      else queue.running += 1;
      try {
        return await work();
      } finally {
        const next = queue.waiting.shift();
        // `running` is not lowered: the place goes straight to the next one, so that no newcomer takes it in between.
        if (next) next();
        else if (--queue.running === 0) queues.delete(key);
      }
    },
  };
}
