import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../src/ports/store/unavailable.ts';
import { groupRead } from '../../../src/storage/postgres/group-read.ts';

/** Rows that change while they are read: a read sees them as they were when it began. */
function rows() {
  const current = new Map<string, number>();
  const reads: string[][] = [];
  return {
    current,
    reads,
    read: async (keys: readonly string[]): Promise<ReadonlyMap<string, number>> => {
      reads.push([...keys]);
      const seen = new Map(current);
      await new Promise((resolve) => setImmediate(resolve));
      return new Map(keys.flatMap((key) => (seen.has(key) ? [[key, seen.get(key) ?? 0]] : [])));
    },
  };
}

describe('group read', () => {
  it('asks once for what is asked for at the same moment, and once for the same key', async () => {
    const { read, reads, current } = rows();
    current.set('a', 1).set('b', 2);
    const group = groupRead({ read, nameOf: String });
    expect(await Promise.all(['a', 'b', 'a', 'c'].map((key) => group.find(key)))).toEqual([1, 2, 1, undefined]);
    expect(reads).toEqual([['a', 'b', 'c']]);
  });

  it('never answers with what was read before the question', async () => {
    const step = fc.record({ type: fc.constantFrom('write', 'read', 'turn', 'late'), key: fc.constantFrom('a', 'b') });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), async (script, lanes) => {
        const { read, current } = rows();
        let time = 0;
        const group = groupRead({ read, nameOf: String, lanes, now: () => time });
        const answers: { readonly least: number; readonly answer: Promise<number | undefined> }[] = [];
        for (const { type, key } of script) {
          const version = current.get(key) ?? 0;
          if (type === 'late') time += 15;
          if (type === 'turn') await new Promise((resolve) => setImmediate(resolve));
          if (type === 'write') current.set(key, version + 1);
          if (type === 'read') answers.push({ least: version, answer: group.find(key) });
        }
        for (const { least, answer } of answers) expect((await answer) ?? 0).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 100 },
    );
  });

  it('reads beside a read that is under way when many wait or it is slow, and only then', async () => {
    const reads: string[][] = [];
    let time = 0;
    const ends: (() => void)[] = [];
    const group = groupRead({
      nameOf: String,
      now: () => time,
      read: async (keys: readonly string[]) => {
        reads.push([...keys]);
        await new Promise<void>((resolve) => ends.push(resolve));
        return new Map<string, string>();
      },
    });
    const answers = [group.find('first')];
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await turn();
    answers.push(...Array.from({ length: 31 }, (_, index) => group.find(`${index}`)));
    await turn();
    expect(reads).toEqual([['first']]);
    answers.push(group.find('one more'));
    await turn();
    expect(reads.map((keys) => keys.length)).toEqual([1, 32]);
    for (const end of ends) end();
    await Promise.all(answers);

    answers.push(group.find('slow'));
    await turn();
    time += 20;
    answers.push(group.find('does not wait for it'));
    await turn();
    expect(reads.slice(2)).toEqual([['slow'], ['does not wait for it']]);
    for (const end of ends) end();
    await Promise.all(answers);
  });

  it('tells everyone of a batch when it fails, and goes on', async () => {
    let isDown = true;
    const group = groupRead({
      nameOf: String,
      read: async (keys: readonly string[]) => {
        if (isDown) throw new Error('down');
        return new Map(keys.map((key) => [key, key]));
      },
    });
    const answers = await Promise.allSettled([group.find('a'), group.find('b')]);
    expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected']);
    isDown = false;
    expect(await group.find('a')).toBe('a');
  });

  it('lets a key that cannot be read fail its own caller alone, with few reads', async () => {
    let reads = 0;
    const group = groupRead({
      nameOf: String,
      read: async (keys: readonly number[]) => {
        reads += 1;
        if (keys.includes(77)) throw new Error('refused');
        return new Map(keys.map((key) => [String(key), key]));
      },
    });
    const answers = await Promise.allSettled(Array.from({ length: 128 }, (_, key) => group.find(key)));
    expect(answers.flatMap((answer, key) => (answer.status === 'rejected' ? [key] : []))).toEqual([77]);
    expect(answers[76]).toEqual({ status: 'fulfilled', value: 76 });
    expect(reads).toBeLessThan(20);
  });

  it('asks a database that is away once', async () => {
    let reads = 0;
    const group = groupRead<string, string>({
      nameOf: String,
      read: () => {
        reads += 1;
        return Promise.reject(new DatabaseUnavailableError(new Error('gone')));
      },
    });
    await Promise.allSettled(['a', 'b', 'c'].map((key) => group.find(key)));
    expect(reads).toBe(1);
  });

  it('splits what is too much for one read, and refuses what is too much to wait', async () => {
    const { read, reads } = rows();
    const group = groupRead({ read, nameOf: String, maxBatch: 2, maxQueue: 5, lanes: 1 });
    const answers = await Promise.allSettled(['1', '2', '3', '4', '5', '6'].map((key) => group.find(key)));
    expect(answers.at(-1)).toMatchObject({ status: 'rejected', reason: { retryAfterSeconds: 1 } });
    expect(reads.map((keys) => keys.length)).toEqual([2, 2, 1]);
  });
});
