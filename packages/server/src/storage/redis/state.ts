/** What Redis says of its memory and of the keys that were looked for, for the metrics. */
import type { Redis } from 'ioredis';

export interface RedisState {
  readonly memoryBytes: number;
  /** Keys that were there, of all that were looked for since Redis started: 0 to 1. `undefined` before the first. */
  readonly hitRatio: number | undefined;
}

export async function readRedisState(redis: Redis): Promise<RedisState> {
  const info = await redis.info();
  const numberOf = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const [hits, misses] = [numberOf('keyspace_hits'), numberOf('keyspace_misses')];
  return {
    memoryBytes: numberOf('used_memory'),
    hitRatio: hits + misses === 0 ? undefined : hits / (hits + misses),
  };
}
