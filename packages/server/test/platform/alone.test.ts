import { afterEach, beforeEach, expect, test } from 'vitest';
import { alone } from '../../src/storage/postgres/operations/alone.ts';
import { createPool, type Pool } from '../../src/storage/postgres/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { testSettings } from '../support/settings.ts';

let database: TestDatabase;
let nodes: Pool[];

beforeEach(async () => {
  database = await createTestDatabase();
  const logger = { info: () => undefined, warn: () => undefined };
  const settings = testSettings(database.url, 8000);
  nodes = [1, 2, 3].map(() => createPool({ connectionString: database.url, settings, logger }));
});
afterEach(async () => {
  await Promise.all(nodes.map((pool) => pool.close()));
  await database.drop();
});

test('of three nodes one does the work, and another may when it is done, also after a failure', async () => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const [one, two, three] = nodes as [Pool, Pool, Pool];
  let started = false;
  const first = alone(one, 'sweep', async () => {
    started = true;
    await finished;
  });
  await expect.poll(() => started).toBe(true);
  const others = [two, three].map((pool) => alone(pool, 'sweep', () => Promise.reject(new Error('two at once'))));
  expect(await Promise.all(others)).toEqual([false, false]);
  expect(await alone(two, 'rotate-keys', () => Promise.resolve())).toBe(true);
  finish();
  expect(await first).toBe(true);
  await expect(alone(two, 'sweep', () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
  expect(await alone(three, 'sweep', () => Promise.resolve())).toBe(true);
});
