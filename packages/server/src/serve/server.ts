import { setTimeout as sleep } from 'node:timers/promises';
import type { Composed } from '../compose.js';
import { type AppLogger, createApp } from '../http/app.js';
import { type Address, listenError } from './address.js';
import { readApiReference } from './api-reference.js';
import { DRAIN_LIMIT_MS, withinLimit } from './drain.js';

/** A server that answers requests. */
export interface RunningServer {
  /**
   * Not ready any more, but everything is still taken until load balancers have noticed. Then takes no new connections and
   * finishes what it was asked, within the limit.
   */
  drain(): Promise<void>;
}

export type ServerLogger = AppLogger;

/** Puts the HTTP side on what was composed. Nothing reaches it before `listen`. */
export function prepareServer(
  composed: Composed,
  options: { readonly version: string; readonly logger: ServerLogger },
): { listen(address: Address): Promise<RunningServer> } {
  const { version, logger } = options;
  const { settings, clock } = composed.context;
  let isReady = false;
  const startedAt = clock.now();
  const app = createApp(composed.context, {
    runtime: {
      apiReference: readApiReference,
      version,
      startedAt,
      ping: () => composed.ping(),
      pool: () => composed.pool(),
      isReady: () => isReady,
      clockProblem: () => composed.clockProblem(),
      metrics: () => composed.metrics.expose(),
    },
    logger,
    observe: (method, endpoint) => composed.metrics.request(method, endpoint),
    trace: composed.tracing?.request,
  });

  async function drain(): Promise<void> {
    isReady = false;
    app.announceStop();
    await sleep(settings.shutdown_delay * 1000);
    if (await withinLimit(app.close(), DRAIN_LIMIT_MS)) return;
    logger.warn({}, 'requests were still running after the limit, and were cut off');
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
