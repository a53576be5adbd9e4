import { compose } from '../../compose.js';
import { createLog } from '../../platform/log/log.js';
import { askMetrics, contribute } from './cluster-metrics.js';
import { createCleanup, drainStepLimitMs, finishWith, stopSignal } from '../drain.js';
import { prepareServer } from '../server.js';
import { type FromWorker, isToWorker, type StartMessage } from './worker-messages.js';

/** The entry of a worker process: one of several that answer on the same port. It starts when the primary sends the settings. */

const { stopped, stop } = stopSignal();
let isStarted = false;
let isStopping = false;

process.on('message', (message: unknown) => {
  if (!isToWorker(message)) return;
  if (message.type === 'authly:start') void run(message);
  else stop({ exitCode: 0, cause: 'the primary stops' });
});
// Without the primary nobody would ever stop this process. A primary that goes while all stop was told to end at once.
process.on('disconnect', () => {
  if (isStopping) process.exit(1);
  stop({ exitCode: 0, cause: 'the primary is gone' });
});
// Told to stop before it was told to start.
void stopped.then(() => {
  isStopping = true;
  if (!isStarted) process.exit(0);
});
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
    const server = await prepareServer(composed, { version, logger: log.logger }).listen(address);
    cleanup.add('HTTP', () => server.drain(), drainStepLimitMs(settings));
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
