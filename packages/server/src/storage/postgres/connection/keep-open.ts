/** Keeps the least number of connections open: from the start, and again after they were lost. */
import type { Pool, PoolClient } from 'pg';

export interface KeepOpenOptions {
  readonly minimum: number;
  /** The pause before lost connections are opened again. */
  readonly pauseSeconds: number;
  readonly acquire: () => Promise<PoolClient>;
}

/** Starts at once; `stop` before the pool is closed. */
export function keepOpen(connections: Pool, options: KeepOpenOptions): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const fill = async (): Promise<void> => {
    timer = undefined;
    const missing = Math.max(0, options.minimum - connections.totalCount);
    const opened = await Promise.allSettled(Array.from({ length: missing }, options.acquire));
    for (const result of opened) if (result.status === 'fulfilled') result.value.release();
    if (opened.some((result) => result.status === 'rejected')) fillLater();
  };
  const fillLater = (): void => {
    if (connections.ending || timer !== undefined || connections.totalCount >= options.minimum) return;
    timer = setTimeout(() => void fill(), options.pauseSeconds * 1000).unref();
  };
  connections.on('remove', fillLater);
  void fill();
  return { stop: () => clearTimeout(timer) };
}
