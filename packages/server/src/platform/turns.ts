import type { Turns } from '../ports/turns.js';

/** Turns for at most `width` pieces of work on one key at once; the others wait in the order they came. */
export function createTurns(width: number): Turns {
  const lines = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  return {
    async take(key, work) {
      const line = lines.get(key) ?? { running: 0, waiting: [] };
      lines.set(key, line);
      if (line.running >= width) await new Promise<void>((resolve) => line.waiting.push(resolve));
      else line.running += 1;
      try {
        return await work();
      } finally {
        const next = line.waiting.shift();
        // The place is handed over, so nobody can slip in between.
        if (next) next();
        else if (--line.running === 0) lines.delete(key);
      }
    },
  };
}
