import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/platform/system-clock.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/embedded-postgres.ts';
import { DatabaseUnavailableError } from '../../src/ports/store/unavailable.ts';
import { createPool, type Pool, type PoolSettings } from '../../src/storage/postgres/pool.ts';
import { json, sql } from '../../src/storage/postgres/sql.ts';
import { createPostgresStore } from '../../src/storage/postgres/store.ts';
import { transaction } from '../../src/storage/postgres/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cutConnections, createTestLogger, openPool, SETTINGS, withConnection } from './servers/postgres.ts';
import { openProxy, targetOf, through } from './servers/proxy.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

async function withPool(
  settings: Partial<PoolSettings>,
  test: (pool: Pool) => Promise<void>,
  url = database.url,
): Promise<void> {
  const pool = openPool(url, settings);
  try {
    await test(pool);
  } finally {
    await pool.close();
  }
}

const backend = async (pool: Pool): Promise<number | undefined> =>
  (await pool.query<{ pid: number }>(sql`select pg_backend_pid() as pid`))[0]?.pid;

describe('the pool', () => {
  it('opens the least number of connections by itself and keeps to the greatest', async () => {
    await withPool({ 'database.pool_min': 2, 'database.pool_max': 3 }, async (pool) => {
      await vi.waitFor(() => expect(pool.stats()).toMatchObject({ open: 2, idle: 2 }));
      await Promise.all(Array.from({ length: 12 }, () => pool.query(sql`select pg_sleep(0.01)`)));
      expect(pool.stats()).toEqual({ open: 3, idle: 3, waiting: 0, max: 3 });
    });
  });

  it('opens the least number of connections again after they were lost, and logs the loss', async () => {
    const logger = createTestLogger();
    const settings = { ...SETTINGS, 'database.pool_min': 2 };
    const pool = createPool({ connectionString: database.url, settings, logger });
    await vi.waitFor(() => expect(pool.stats().idle).toBe(2));
    const before = await backend(pool);
    await cutConnections(database.url, 'authly');
    await vi.waitFor(() => expect(logger.lines).toContain('an idle database connection was lost'));
    await vi.waitFor(() => expect(pool.stats().idle).toBe(2));
    expect(await backend(pool)).not.toBe(before);
    await pool.close();
  });

  it('keeps a connection whose statement was refused', async () => {
    await withPool({ 'database.pool_max': 1 }, async (pool) => {
      const before = await backend(pool);
      await expect(pool.query(sql`select 1 / ${0}::integer`)).rejects.toMatchObject({ code: '22012' });
      expect(await backend(pool)).toBe(before);
    });
  });

  it('calls a statement that is cut off an unavailable database, and goes on with the next', async () => {
    await withPool({ 'database.pool_max': 1 }, async (pool) => {
      const running = pool.query(sql`select pg_sleep(60)`);
      const outcome = expect(running).rejects.toBeInstanceOf(DatabaseUnavailableError);
      await vi.waitFor(() =>
        withConnection(database.url, async (client) => {
          const { rowCount } = await client.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`,
          );
          expect(rowCount).toBe(1);
        }),
      );
      await outcome;
      expect(await backend(pool)).toBeDefined();
    });
  });

  it('ends a statement that takes too long', async () => {
    await withPool({ 'database.timeout': 0.3 }, async (pool) => {
      await expect(pool.query(sql`select pg_sleep(60)`)).rejects.toBeInstanceOf(DatabaseUnavailableError);
    });
  });

  it('lets no one wait longer for a connection than that, and says to come back soon', async () => {
    await withPool({ 'database.pool_max': 1, 'database.timeout': 0.4 }, async (pool) => {
      await backend(pool);
      const holder = pool.use(async () => {
        const waiting = pool.query(sql`select 1`);
        await expect(waiting).rejects.toMatchObject({ name: 'DatabaseUnavailableError', retryAfterSeconds: 1 });
      });
      await holder;
    });
  });

  it('gives up on a network that says nothing', async () => {
    const proxy = await openProxy(targetOf(database.url));
    const url = through(database.url, proxy);
    await withPool(
      { 'database.timeout': 0.3 },
      async (pool) => {
        await backend(pool);
        proxy.stall();
        await expect(pool.query(sql`select 1`)).rejects.toBeInstanceOf(DatabaseUnavailableError);
        await expect(pool.query(sql`select 1`)).rejects.toBeInstanceOf(DatabaseUnavailableError);
      },
      url,
    );
    await proxy.shut();
  });

  it('fails while the database is away, without ending the process, and recovers by itself', async () => {
    const proxy = await openProxy(targetOf(database.url));
    await proxy.shut();
    await withPool(
      { 'database.pool_min': 1 },
      async (pool) => {
        const store = createPostgresStore(pool, { clock: systemClock });
        await expect(store.ping()).rejects.toBeInstanceOf(DatabaseUnavailableError);
        await expect(store.accessTokens.find('jti', new Date())).rejects.toBeInstanceOf(DatabaseUnavailableError);
        await proxy.open();
        expect(await store.ping()).toMatch(/^\d+/);
        await proxy.shut();
        await expect(store.replays.claim('x', new Date(), new Date())).rejects.toBeInstanceOf(DatabaseUnavailableError);
        await proxy.open();
        expect(await store.accessTokens.find('jti', new Date())).toBeUndefined();
        await proxy.shut();
      },
      through(database.url, proxy),
    );
  });

  it('never says where the database is or with which password', async () => {
    await withPool(
      {},
      async (pool) => {
        const failure = await pool.query(sql`select 1`).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(String(failure)).toBe('DatabaseUnavailableError: the database cannot be reached');
      },
      'postgres://someone:secret@127.0.0.1:1/db',
    );
  });

  it('closes when its connections have closed, also while the database is away', async () => {
    const pool = openPool(database.url, { 'database.pool_min': 3 });
    await vi.waitFor(() => expect(pool.stats().open).toBe(3));
    await pool.close();
    await withConnection(database.url, async (client) => {
      const { rowCount } = await client.query(
        `select from pg_stat_activity where datname = current_database() and application_name = 'authly'`,
      );
      expect(rowCount).toBe(0);
    });
    const away = openPool('postgres://someone@127.0.0.1:1/db', { 'database.pool_min': 3 });
    await away.close();
  });
});

describe('values', () => {
  it('come back as they went, whatever they are', async () => {
    const texts = fc.array(
      fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
      { maxLength: 6 },
    );
    const odd = fc.constantFrom(['NULL', 'null', ''], ['{', '}', '{}'], ['a,b', '"', '\\'], [], [' ', 'openid']);
    const time = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') });
    await withPool({ 'database.pool_max': 1 }, async (pool) => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(texts, odd), time, async (list, when) => {
          const [row] = await pool.query(sql`select ${list}::text[] as list, ${when}::timestamptz as "when"`);
          expect(row).toEqual({ list, when });
        }),
        { numRuns: 200 },
      );
      const [unusual] = await pool.query(sql`
        select array['a', null]::text[] as a, 'infinity'::timestamptz as b, '0044-03-15 12:00:00+00 BC'::timestamptz as c`);
      expect(unusual).toEqual({ a: ['a', null], b: Number.POSITIVE_INFINITY, c: new Date('-000043-03-15T12:00:00Z') });
    });
  });
});

describe('a database on several hosts', () => {
  it('is reached through the first that answers', async () => {
    const [first, second] = [await openProxy(targetOf(database.url)), await openProxy(targetOf(database.url))];
    await withPool(
      {},
      async (pool) => {
        expect(await backend(pool)).toBeDefined();
        await first.shut();
        await vi.waitFor(async () => expect(await backend(pool)).toBeDefined());
        await second.shut();
        await expect(backend(pool)).rejects.toBeInstanceOf(DatabaseUnavailableError);
        await first.open();
        expect(await backend(pool)).toBeDefined();
        await first.shut();
      },
      through(database.url, first, second),
    );
  });

  it('is reached where it takes writes: a standby is passed over, and found when it takes over', async () => {
    const [primary, standby] = await Promise.all([startServer(), startServer()]);
    for (const server of [primary, standby]) await server.administer(`alter role authly password 'the same'`);
    await standby.administer(`alter system set default_transaction_read_only = on`, 'select pg_reload_conf()');
    const url = `postgres://authly:the%20same@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/authly`;
    await withPool(
      {},
      async (pool) => {
        const write = (value: string) => pool.count(sql`insert into written (value) values (${json(value)})`);
        await pool.count(sql`create table if not exists written (value jsonb)`);
        await write('one');
        // the roles change while the pool holds connections to what was the primary
        await primary.administer(`alter system set default_transaction_read_only = on`, 'select pg_reload_conf()');
        await standby.administer(`alter system set default_transaction_read_only = off`, 'select pg_reload_conf()');
        await vi.waitFor(async () => {
          await pool.count(sql`create table if not exists written (value jsonb)`);
          await write('two');
        });
        await primary.stop();
        expect(await write('three')).toBe(1);
      },
      url,
    );
    await standby.stop();
  });
});

describe('a transaction', () => {
  it('commits when the work returns and rolls back when it throws', async () => {
    await withPool({}, async (pool) => {
      await pool.count(sql`create table if not exists kept (value text)`);
      expect(await transaction(pool, (tx) => tx.count(sql`insert into kept values ('kept')`))).toBe(1);
      const failing = transaction(pool, async (tx) => {
        await tx.count(sql`insert into kept values ('lost')`);
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await pool.query(sql`select value from kept`)).toEqual([{ value: 'kept' }]);
    });
  });
});

async function startServer() {
  const server = await startEmbeddedPostgres({
    ephemeral: true,
    transport: 'tcp',
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return {
    port: server.port,
    stop: () => server.stop(),
    administer: async (...statements: string[]) => {
      await withConnection(server.adminConnectionString, async (client) => {
        for (const statement of statements) await client.query(statement);
      });
    },
  };
}
