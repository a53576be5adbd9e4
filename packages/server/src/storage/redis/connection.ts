/** A connection to Redis or Valkey that never makes anyone wait: what cannot be sent at once fails at once. */
import { Redis } from 'ioredis';
import type { StorageLogger } from '../logger.js';

export interface RedisConnection {
  readonly client: Redis;
  close(): Promise<void>;
}

/** Connects in the background, and again whenever the connection is lost. */
export function connectRedis({
  url,
  logger,
}: {
  readonly url: string;
  readonly logger: StorageLogger;
}): RedisConnection {
  const client = new Redis(url, {
    connectionName: 'authly',
    connectTimeout: 2000,
    commandTimeout: 500,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
  });
  let isReported = false;
  client.on('ready', () => {
    isReported = false;
    logger.info({}, 'connected to Redis');
  });
  client.on('error', (err) => {
    // one line for each time that it goes, not one for each attempt
    if (!isReported) logger.warn({ err }, 'Redis cannot be reached; the database takes over');
    isReported = true;
  });
  return {
    client,
    close: async () => {
      client.disconnect();
    },
  };
}
