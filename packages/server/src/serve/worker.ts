import { compose } from '../compose.js';
import { createLog } from '../platform/log/log.js';
import { askMetrics, contribute } from './cluster-metrics.js';
import { createCleanup, DRAIN_STEP_LIMIT_MS, finishWith, stopSignal } from './drain.js';
import { prepareServer } from './server.js';
import { type FromWorker, isToWorker, type StartMessage } from './worker-messages.js';

/** The entry of a worker process: one of several that answer on the same port. It starts when the primary says with what. */

const { stopped, stop } = stopSignal();
let isStarted = false;

process.on('message', (message: unknown) => {
  if (!isToWorker(message)) return;
  if (message.type === 'authly:start') void run(message);
  else stop({ exitCode: 0, cause: 'the primary stops' });
});
// Without the primary nobody would ever stop this process.
process.on('disconnect', () => stop({ exitCode: 0, cause: 'the primary is gone' }));
// Told to stop before it was told to start.
void stopped.then(() => (isStarted ? undefined : process.exit(0)));
tell({ type: 'authly:hello' });

async function run({ settings, version }: StartMessage): Promise<void> {
  isStarted = true;
  const log = createLog({ level: settings['log.level'], json: settings['log.json'] });
  const cleanup = createCleanup();
  process.on('uncaughtException', (error) => stop({ exitCode: 1, cause: 'a fault', error }));
  try {
    const ask = askMetrics();
    const composed = await compose(settings, {
      logger: log.logger,
      version,
      clusterMetrics: async () => (await ask()) ?? composed.metrics.registry.metrics(),
    });
    cleanup.add('storage', () => composed.close());
    contribute(composed.metrics.registry);
    const address = { host: settings.host, port: settings.port };
    const server = await (await prepareServer(composed, { version, logger: log.logger })).listen(address);
    cleanup.add('HTTP', () => server.drain(), DRAIN_STEP_LIMIT_MS);
    composed.startMaintenance();
    tell({ type: 'authly:listening' });
  } catch (error) {
    tell({ type: 'authly:failed', text: error instanceof Error ? error.message : String(error) });
    stop({ exitCode: 1, cause: 'it could not start', explained: true });
  }
  await finishWith(await stopped, { log, cleanup });
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
