/** PostgreSQL for the tests of storage: a database of its own, seen through as many pools as there would be workers. */
import type { PostgresStore } from '../../src/storage/postgres/store.ts';
import { createPostgresStore } from '../../src/storage/postgres/store.ts';
import { createPool, type Pool, type PoolSettings } from '../../src/storage/postgres/pool.ts';
import { createTestDatabase } from '../support/database.ts';

export const SETTINGS: PoolSettings = {
  'database.pool_min': 0,
  'database.pool_max': 6,
  'database.timeout': 20,
  'database.max_idle': 30,
  'database.reconnect': 0.1,
};

/** Keeps what was logged, for tests that look. */
export interface TestLogger {
  readonly lines: string[];
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export function createTestLogger(): TestLogger {
  const lines: string[] = [];
  const log = (_fields: object, message: string): void => {
    lines.push(message);
  };
  return { lines, info: log, warn: log };
}

export function openPool(connectionString: string, settings: Partial<PoolSettings> = {}): Pool {
  return createPool({ connectionString, settings: { ...SETTINGS, ...settings }, logger: createTestLogger() });
}

export interface OpenPostgres {
  readonly url: string;
  readonly stores: readonly [PostgresStore, ...PostgresStore[]];
  readonly pools: readonly [Pool, ...Pool[]];
  close(): Promise<void>;
}

export async function openPostgresStores(workers = 1): Promise<OpenPostgres> {
  const database = await createTestDatabase();
  const pool = openPool(database.url);
  const others = Array.from({ length: workers - 1 }, () => openPool(database.url));
  const [store, ...rest] = [createPostgresStore(pool), ...others.map((other) => createPostgresStore(other))];
  if (store === undefined) throw new Error('no store');
  return {
    url: database.url,
    stores: [store, ...rest],
    pools: [pool, ...others],
    close: async () => {
      await Promise.all([store, ...rest].map((one) => one.close()));
      await database.drop();
    },
  };
}
