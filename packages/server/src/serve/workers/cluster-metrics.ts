import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type PrometheusContentType, type Registry } from 'prom-client';

/** /metrics shows all workers together, whichever of them is asked. */

const ASK = 'authly:metrics?';
const ANSWER = 'authly:metrics';

interface Ask {
  readonly type: typeof ASK;
  readonly id: number;
}

interface Answer {
  readonly type: typeof ANSWER;
  readonly id: number;
  readonly text?: string;
}

/** In the primary: collects from all workers and answers the one that asked. */
export function answerMetrics(): void {
  const collector = new AggregatorRegistry();
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isAsk(message)) return;
    void collector.clusterMetrics().then(
      (text) => reply(worker, { type: ANSWER, id: message.id, text }),
      () => reply(worker, { type: ANSWER, id: message.id }),
    );
  });
}

/** In a worker: asks for everyone's numbers. `undefined` when the primary could not collect them. */
export function askMetrics(): () => Promise<string | undefined> {
  const waiting = new Map<number, (text: string | undefined) => void>();
  let last = 0;
  process.on('message', (message: unknown) => {
    if (!isAnswer(message)) return;
    waiting.get(message.id)?.(message.text);
    waiting.delete(message.id);
  });

  return () => {
    last += 1;
    const id = last;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      process.send?.({ type: ASK, id } satisfies Ask);
    });
  };
}

/** In a worker: its own numbers are part of everyone's. Making a collector is what makes prom-client listen to the primary. */
export function contribute(registry: Registry): AggregatorRegistry<PrometheusContentType> {
  AggregatorRegistry.setRegistries([registry]);
  return new AggregatorRegistry();
}

function reply(worker: Worker, answer: Answer): void {
  if (worker.isConnected()) worker.send(answer);
}

function isAsk(message: unknown): message is Ask {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === ASK;
}

function isAnswer(message: unknown): message is Answer {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === ANSWER;
}
