import { createPostgresRateLimiter } from '../../src/storage/postgres/rate-limiter.ts';
import { describeRateLimiter } from './contract/rate-limiter.ts';
import { openPools } from './servers/postgres.ts';

describeRateLimiter('limits in PostgreSQL', async (clock) => {
  const { pools, close } = await openPools(3);
  const [first, ...rest] = pools.map((pool) => createPostgresRateLimiter({ pool, clock }));
  if (first === undefined) throw new Error('no limiter');
  return { limiters: [first, ...rest], close };
});
