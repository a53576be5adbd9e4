import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../src/ports/store/unavailable.ts';
import { groupCommit } from '../../../src/storage/postgres/group-commit.ts';

/** A table that refuses whole batches in which a row is bad, as a database does. */
function table(options: { readonly isBad?: (row: number) => boolean; readonly turns?: number } = {}) {
  const committed: number[] = [];
  const batches: number[][] = [];
  let underWay = 0;
  return {
    committed,
    batches,
    write: async (rows: readonly number[]): Promise<string[]> => {
      underWay += 1;
      expect(underWay).toBe(1);
      batches.push([...rows]);
      for (let turn = 0; turn < (options.turns ?? 1); turn += 1) await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      if (rows.some((row) => options.isBad?.(row))) throw new Error('refused');
      committed.push(...rows);
      return rows.map((row) => `stored ${row}`);
    },
  };
}

describe('group commit', () => {
  it('writes one row at once and answers with its result', async () => {
    const { write, batches } = table();
    expect(await groupCommit({ write }).add(1)).toBe('stored 1');
    expect(batches).toEqual([[1]]);
  });

  it('gathers what arrives while a batch is being written', async () => {
    const { write, batches } = table();
    const group = groupCommit({ write });
    const first = group.add(1);
    await Promise.resolve();
    const rest = [2, 3, 4].map((row) => group.add(row));
    await Promise.all([first, ...rest]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('answers no one before their batch is committed', async () => {
    const { write, committed } = table({ turns: 3 });
    const group = groupCommit({ write });
    await Promise.all(
      [1, 2, 3].map(async (row) => {
        await group.add(row);
        expect(committed).toContain(row);
      }),
    );
  });

  it('takes no more than so many rows into a batch', async () => {
    const { write, batches } = table();
    const group = groupCommit({ write, maxBatch: 4 });
    await Promise.all(Array.from({ length: 10 }, (_, row) => group.add(row)));
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 2]);
  });

  it('does not let a bad row fail its neighbours', async () => {
    const { write, committed } = table({ isBad: (row) => row === 2 });
    const group = groupCommit({ write });
    const answers = await Promise.allSettled([1, 2, 3].map((row) => group.add(row)));
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(committed).toEqual([1, 3]);
  });

  it('does not try rows one by one on a database that is away', async () => {
    let calls = 0;
    const group = groupCommit<number>({
      write: () => {
        calls += 1;
        return Promise.reject(new DatabaseUnavailableError(new Error('gone')));
      },
    });
    const answers = await Promise.allSettled([1, 2, 3].map((row) => group.add(row)));
    expect(answers.every((answer) => answer.status === 'rejected')).toBe(true);
    expect(calls).toBe(1);
  });

  it('goes on after a failure', async () => {
    const { write } = table({ isBad: (row) => row === 1 });
    const group = groupCommit({ write });
    await expect(group.add(1)).rejects.toThrow('refused');
    expect(await group.add(2)).toBe('stored 2');
  });

  it('refuses rows when too many wait, and says to come back soon', async () => {
    const { write } = table();
    const group = groupCommit({ write, maxQueue: 2, maxBatch: 1 });
    const answers = await Promise.allSettled([1, 2, 3].map((row) => group.add(row)));
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const [, , refused] = answers;
    expect(refused?.status === 'rejected' && refused.reason).toMatchObject({ retryAfterSeconds: 1 });
  });

  it('flushes what waits, also what is added meanwhile by those who got their answer', async () => {
    const { write, committed } = table();
    const group = groupCommit({ write });
    void group.add(1).then(() => group.add(2));
    await group.flush();
    expect(committed).toEqual([1, 2]);
    await group.flush();
  });

  it('stores every good row once and answers every caller, whatever comes when', async () => {
    const arrivals = fc.array(fc.record({ pause: fc.nat({ max: 3 }), isBad: fc.boolean() }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 7 }), fc.nat({ max: 3 }), async (rows, maxBatch, turns) => {
        const bad = new Set(rows.flatMap((row, index) => (row.isBad ? [index] : [])));
        const { write, committed, batches } = table({ isBad: (row) => bad.has(row), turns });
        const group = groupCommit({ write, maxBatch });
        const answers: Promise<string>[] = [];
        for (const [index, { pause }] of rows.entries()) {
          for (let turn = 0; turn < pause; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          const answer = group.add(index);
          answer.catch(() => undefined);
          answers.push(answer);
        }
        const settled = await Promise.allSettled(answers);
        for (const [index, answer] of settled.entries()) {
          expect(answer).toMatchObject(
            bad.has(index) ? { status: 'rejected' } : { status: 'fulfilled', value: `stored ${index}` },
          );
        }
        const good = rows.flatMap((_, index) => (bad.has(index) ? [] : [index]));
        expect(committed.toSorted((a, b) => a - b)).toEqual(good);
        expect(Math.max(0, ...batches.map((batch) => batch.length))).toBeLessThanOrEqual(maxBatch);
      }),
      { numRuns: 60 },
    );
  });
});
