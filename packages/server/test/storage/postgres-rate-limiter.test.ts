import { expect, it } from 'vitest';
import { createPostgresRateLimiter } from '../../src/storage/postgres/rate-limiter.ts';
import { sql } from '../../src/storage/postgres/sql.ts';
import { createTestClock } from '../support/clock.ts';
import { describeRateLimiter } from './contract/rate-limiter.ts';
import { openPool, openPools } from './servers/postgres.ts';

describeRateLimiter('limits in PostgreSQL', async (clock) => {
  const { pools, close } = await openPools(3);
  const [first, ...rest] = pools.map((pool) => createPostgresRateLimiter({ pool, clock }));
  if (first === undefined) throw new Error('no limiter');
  return { limiters: [first, ...rest], close };
});

it("looking at what is counted for somebody reads nobody else's counts", async () => {
  const { url, close } = await openPools(1);
  // one connection: each tells of its own reads
  const pool = openPool(url, { 'database.pool_max': 1 });
  const clock = createTestClock();
  const limiter = createPostgresRateLimiter({ pool, clock });
  const keys = Array.from({ length: 2000 }, (_, n) => `lockout:person${n}:address`);
  await Promise.all(keys.map((key) => limiter.consume({ key, points: 9, windowSeconds: 600 })));
  const read = async (): Promise<number> => {
    await pool.query(sql`select pg_stat_force_next_flush()`);
    await limiter.peek({ key: 'anything', points: 1, windowSeconds: 1 });
    const [row] = await pool.query<{ read: number }>(sql`
      select (sum(idx_tup_read) + (select seq_tup_read from pg_stat_user_tables where relname = 'rate_limits'))::integer as read
        from pg_stat_user_indexes where relname = 'rate_limits'`);
    return row?.read ?? 0;
  };
  const before = await read();
  expect(await limiter.listCounters('lockout:person77:')).toHaveLength(1);
  expect((await read()) - before).toBeLessThan(10);
  await pool.close();
  await close();
});
