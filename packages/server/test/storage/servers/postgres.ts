/** PostgreSQL for the tests of storage: a database of its own, seen through as many pools as there would be workers. */
import { Client } from 'pg';
import { expect, vi } from 'vitest';
import { systemClock } from '../../../src/platform/system-clock.ts';
import { type PostgresStore, createPostgresStore } from '../../../src/storage/postgres/store.ts';
import { createPool, type Pool, type PoolSettings } from '../../../src/storage/postgres/pool.ts';
import { createTestDatabase } from '../../support/database.ts';

export const SETTINGS: PoolSettings = {
  'database.pool_min': 0,
  'database.pool_max': 6,
  'database.timeout': 20,
  'database.max_idle': 30,
  'database.reconnect': 0.1,
  'database.pooler_mode': 'session',
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

export interface OpenPools {
  readonly url: string;
  readonly pools: readonly [Pool, ...Pool[]];
  close(): Promise<void>;
}

export async function openPools(workers = 1): Promise<OpenPools> {
  const database = await createTestDatabase();
  const [first, ...rest] = Array.from({ length: workers }, () => openPool(database.url));
  if (first === undefined) throw new Error('no pool');
  return {
    url: database.url,
    pools: [first, ...rest],
    close: async () => {
      await Promise.all([first, ...rest].map((pool) => pool.close()));
      await database.drop();
    },
  };
}

export interface OpenStores {
  readonly url: string;
  readonly stores: readonly [PostgresStore, ...PostgresStore[]];
  close(): Promise<void>;
}

export async function openPostgresStores(workers = 1): Promise<OpenStores> {
  const { url, pools, close } = await openPools(workers);
  const [first, ...rest] = pools.map((pool) => createPostgresStore(pool, { clock: systemClock }));
  if (first === undefined) throw new Error('no store');
  return {
    url,
    stores: [first, ...rest],
    close: async () => {
      await Promise.all([first, ...rest].map((store) => store.flush()));
      await close();
    },
  };
}

/** Runs statements as someone does who has the password of the database. */
export async function administer(url: string, statements: string): Promise<void> {
  await withConnection(url, async (client) => {
    await client.query(statements);
  });
}

/** One connection of one's own, for transactions that a test steps through. */
export async function withConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // a test may end it from outside
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Waits until so many statements in this database wait for a lock. */
export async function untilBlocked(client: Client, count = 1): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await client.query<{ waiting: number }>(
        `select count(*)::integer as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      expect(rows[0]?.waiting).toBeGreaterThanOrEqual(count);
    },
    { timeout: 10_000, interval: 10 },
  );
}

/** Cuts the connections of a program, as a server does that restarts. */
export async function cutConnections(url: string, program: 'authly' | 'authly-listener'): Promise<void> {
  await withConnection(url, async (client) => {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1`,
      [program],
    );
  });
}
