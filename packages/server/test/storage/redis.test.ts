import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPostgresRateLimiter } from '../../src/storage/postgres/rate-limiter.ts';
import { replays } from '../../src/storage/postgres/tokens/replays.ts';
import { createBreaker } from '../../src/storage/redis/breaker.ts';
import { readRedisState } from '../../src/storage/redis/state.ts';
import { connectRedis, type RedisConnection } from '../../src/storage/redis/connection.ts';
import { createRedisRateLimiter } from '../../src/storage/redis/rate-limiter.ts';
import { createRedisReplayStore } from '../../src/storage/redis/replays.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { describeRateLimiter } from './contract/rate-limiter.ts';
import { at, hash, NOW } from './contract/given.ts';
import { createTestLogger, openPools, type OpenPools, type TestLogger } from './servers/postgres.ts';
import { type RedisServer, startRedisServer } from './servers/redis-server.ts';

let server: RedisServer;
/** The database that takes over. */
let database: OpenPools;
beforeAll(async () => {
  [server, database] = await Promise.all([startRedisServer(), openPools()]);
});
afterAll(async () => {
  await Promise.all([server.remove(), database.close()]);
});

async function connected(logger = createTestLogger()): Promise<RedisConnection> {
  const connection = connectRedis({ url: server.url, logger });
  await vi.waitFor(() => expect(connection.client.status).toBe('ready'));
  return connection;
}

describeRateLimiter('limits in Redis', async (clock) => {
  const connections = await Promise.all([connected(), connected(), connected()]);
  const [first, ...rest] = connections.map(({ client: redis }) =>
    createRedisRateLimiter({
      redis,
      breaker: createBreaker({ redis, clock, logger: createTestLogger() }),
      clock,
      fallback: createPostgresRateLimiter({ pool: database.pools[0], clock }),
    }),
  );
  if (first === undefined) throw new Error('no limiter');
  return {
    limiters: [first, ...rest],
    close: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
});

describe('when Redis goes away', () => {
  let clock: TestClock;
  let logger: TestLogger;
  let connection: RedisConnection;
  const limit = { key: 'login:address:192.0.2.1', points: 2, windowSeconds: 60 };

  beforeEach(async () => {
    clock = createTestClock(NOW);
    logger = createTestLogger();
    connection = await connected(logger);
    await connection.client.flushall();
  });
  afterEach(async () => {
    await connection.close();
    server.thaw();
    await server.stop();
    await server.start();
  });

  const limiter = () => {
    const { client: redis } = connection;
    const breaker = createBreaker({ redis, clock, logger });
    return createRedisRateLimiter({
      redis,
      breaker,
      clock,
      fallback: createPostgresRateLimiter({ pool: database.pools[0], clock }),
    });
  };

  it('limits hold in the fallback, and in Redis again once it is back', async () => {
    const limits = limiter();
    await limits.consume(limit);
    await server.stop();
    const away = [await limits.consume(limit), await limits.consume(limit), await limits.consume(limit)];
    expect(away.map((state) => state.allowed)).toEqual([true, true, false]);
    expect(await limits.peek(limit)).toMatchObject({ allowed: false });
    expect(await limits.listCounters('login:')).toHaveLength(1);
    await limits.reset([limit.key]);
    expect(await limits.peek(limit)).toMatchObject({ allowed: true });
    await server.start();
    await vi.waitFor(() => expect(connection.client.status).toBe('ready'), { timeout: 10_000 });
    clock.advance(5);
    await limits.consume(limit);
    expect(await connection.client.keys('*')).toHaveLength(1);
  });

  it('a Redis that hangs holds up one request for a moment and the next not at all', async () => {
    const limits = limiter();
    server.freeze();
    expect(await limits.consume(limit)).toMatchObject({ allowed: true, remaining: 1 });
    const before = performance.now();
    for (let index = 0; index < 50; index += 1) await limits.consume({ ...limit, key: `other:${index}` });
    expect(performance.now() - before).toBeLessThan(400);
    expect(logger.lines).toContain('Redis did not answer; the database takes over for a while');
    server.thaw();
    clock.advance(5);
    expect(await limits.consume({ ...limit, key: 'after' })).toMatchObject({ remaining: 1 });
    expect(await connection.client.keys('*after*')).toHaveLength(1);
  });

  it('what was asked of it is counted, and what it says of itself is read', async () => {
    const asked: string[] = [];
    const breaker = createBreaker({
      redis: connection.client,
      clock,
      logger,
      observe: (operation, outcome) => void asked.push(`${operation} ${outcome}`),
    });
    const fallback = createPostgresRateLimiter({ pool: database.pools[0], clock });
    const limits = createRedisRateLimiter({ redis: connection.client, breaker, clock, fallback });
    await limits.consume(limit);
    const state = await readRedisState(connection.client);
    expect(state.memoryBytes).toBeGreaterThan(100_000);
    expect(state.hitRatio).toBeGreaterThanOrEqual(0);
    server.freeze();
    await limits.peek(limit);
    await limits.reset([limit.key]);
    expect(asked).toEqual(['count success', 'peek error', 'reset fallback']);
  });

  it('it is logged once, not with every attempt to connect again', async () => {
    await server.stop();
    await vi.waitFor(() => expect(logger.lines).toContain('Redis cannot be reached; the database takes over'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(logger.lines.filter((line) => line.startsWith('Redis cannot be reached'))).toHaveLength(1);
  });

  const onceOnly = () => {
    const { client: redis } = connection;
    const marks = replays(database.pools[0]);
    const breaker = createBreaker({ redis, clock, logger });
    return { marks, ids: createRedisReplayStore({ redis, breaker, database: marks }) };
  };

  it('nothing that was used once can be used again, whoever remembers it', async () => {
    const { marks, ids } = onceOnly();
    const [one, two, three] = [hash(), hash(), hash()];
    expect(await ids.claim(one, at(60), NOW)).toBe(true);
    expect(await ids.claim(one, at(60), NOW)).toBe(false);
    expect(await marks.claim(one, at(60), NOW)).toBe(false);
    await connection.client.flushall();
    expect(await ids.claim(one, at(60), NOW)).toBe(false);
    await server.stop();
    expect(await ids.claim(one, at(60), NOW)).toBe(false);
    expect(await ids.claim(two, at(60), NOW)).toBe(true);
    expect(await ids.claim(two, at(60), NOW)).toBe(false);
    await server.start();
    await vi.waitFor(() => expect(connection.client.status).toBe('ready'), { timeout: 10_000 });
    clock.advance(5);
    expect(await ids.claim(two, at(60), at(5))).toBe(false);
    const answers = await Promise.all(Array.from({ length: 30 }, () => ids.claim(three, at(60), at(5))));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await ids.claim(one, at(200), at(61))).toBe(true);
  });

  it('an id that the database could not decide about may be tried again', async () => {
    const { client: redis } = connection;
    const marks = replays(database.pools[0]);
    const state = { isDown: true };
    const failing = {
      claim: (...asked: Parameters<typeof marks.claim>) =>
        state.isDown ? Promise.reject(new Error('down')) : marks.claim(...asked),
    };
    const ids = createRedisReplayStore({ redis, breaker: createBreaker({ redis, clock, logger }), database: failing });
    const id = hash();
    await expect(ids.claim(id, at(60), NOW)).rejects.toThrow('down');
    state.isDown = false;
    expect(await ids.claim(id, at(60), NOW)).toBe(true);
  });
});
