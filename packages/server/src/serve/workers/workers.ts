import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../config/settings.js';
import type { ComposeLogger } from '../../compose.js';
import { answerMetrics } from './cluster-metrics.js';
import { drainStepLimitMs, withinLimit } from '../drain.js';
import { StartError } from '../start-error.js';
import { type FromWorker, isFromWorker, type ToWorker } from './worker-messages.js';

/** The worker processes. One that ends is replaced, so there are always as many as the setting says. */
export interface Workers {
  stop(): Promise<void>;
}

/** A worker that ends is replaced; one that ends soon after its start, only after a pause. */
const SOON_MS = 10_000;
const PAUSE_MS = 1_000;

/** Starts them all, and resolves when all listen. */
export async function startWorkers(
  settings: Settings,
  options: { readonly version: string; readonly logger: ComposeLogger },
): Promise<Workers> {
  let isStopping = false;
  answerMetrics();
  // Flags of this process, such as --eval, are not for the workers; NODE_OPTIONS reaches them.
  cluster.setupPrimary({ exec: fileURLToPath(new URL('./worker.js', import.meta.url)), args: [], execArgv: [] });

  function start(): Worker {
    const startedAt = performance.now();
    const worker = cluster.fork();
    worker.on('message', (message: unknown) => {
      if (!isFromWorker(message) || message.type !== 'authly:hello') return;
      tell(worker, isStopping ? { type: 'authly:stop' } : { type: 'authly:start', settings, version: options.version });
    });
    worker.once('exit', (code, signal) => {
      if (isStopping) return;
      options.logger.error({ worker: worker.id, exitCode: code, signal }, 'a worker ended and is replaced');
      const pause = performance.now() - startedAt < SOON_MS ? PAUSE_MS : 0;
      setTimeout(() => {
        if (!isStopping) start();
      }, pause);
    });
    return worker;
  }

  async function stop(): Promise<void> {
    isStopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    await Promise.all(workers.map((worker) => stopWorker(worker, drainStepLimitMs(settings) - 5_000)));
  }

  try {
    await Promise.all(Array.from({ length: settings.workers }, () => untilListening(start())));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

async function untilListening(worker: Worker): Promise<void> {
  const message = await Promise.race([outcomeOf(worker), once(worker, 'exit').then(() => undefined)]);
  if (message?.type === 'authly:listening') return;
  const text = message?.type === 'authly:failed' ? message.text : 'It ended before it listened.';
  const [what = '', ...rest] = text.split('\n');
  throw rest.length === 0 ? new StartError('A worker cannot start.', what, 'Read its log above.') : new Error(text);
}

/** Whether the start of a worker succeeded. Messages about metrics, which may come before, are passed over. */
function outcomeOf(worker: Worker): Promise<FromWorker> {
  return new Promise((resolve) => {
    worker.on('message', function settle(message: unknown) {
      if (!isFromWorker(message) || message.type === 'authly:hello') return;
      worker.off('message', settle);
      resolve(message);
    });
  });
}

/** A worker has its own limit for requests under way; one that still runs some time after that will never end by itself. */
async function stopWorker(worker: Worker, limitMs: number): Promise<void> {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  tell(worker, { type: 'authly:stop' });
  if (await withinLimit(ended, limitMs)) return;
  worker.process.kill('SIGKILL');
  await ended;
}

function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}
