import type { FastifyBaseLogger } from 'fastify';
import type { Composed } from '../compose.js';
import { createApp } from '../http/app.js';
import { type Address, listenError } from './address.js';
import { DRAIN_LIMIT_MS, withinLimit } from './drain.js';

/** A server that answers requests. */
export interface RunningServer {
  /** Not ready any more: takes no new connections, finishes what it was asked, within the limit. */
  drain(): Promise<void>;
}

/** Puts the HTTP side on what was composed. Nothing reaches it before `listen`. */
export async function prepareServer(
  composed: Composed,
  options: { readonly version: string; readonly logger: FastifyBaseLogger },
): Promise<{ listen(address: Address): Promise<RunningServer> }> {
  const { version, logger } = options;
  let isReady = false;
  const startedAt = composed.context.clock.now();
  const app = createApp(composed.context, {
    runtime: {
      version,
      startedAt,
      ping: () => composed.ping(),
      pool: () => composed.pool(),
      isReady: () => isReady,
      metrics: () => composed.metrics.expose(),
    },
    logger,
    observe: (method, endpoint) => composed.metrics.request(method, endpoint),
  });
  await app.ready();

  async function drain(): Promise<void> {
    isReady = false;
    // A connection that was answering when closing began stays open for its next request, which will never come.
    const idle = setInterval(() => app.server.closeIdleConnections(), 50);
    const isDone = await withinLimit(app.close(), DRAIN_LIMIT_MS);
    clearInterval(idle);
    if (isDone) return;
    logger.warn('requests were still running after the limit, and were cut off');
    app.server.closeAllConnections();
  }

  return {
    async listen(address) {
      try {
        await app.listen(address);
      } catch (error) {
        throw listenError(error, address);
      }
      isReady = true;
      return { drain };
    },
  };
}
