import type { Settings } from '../config/settings.js';
import type { ServerLog } from '../platform/log/log.js';

/** What has to be closed at the end, what was opened last first. */
export interface Cleanup {
  add(name: string, release: () => Promise<void>, limitMs?: number): void;
  /** Runs every step, also when one fails or does not end in its time. */
  run(onFault: (error: unknown, name: string) => void): Promise<void>;
}

/** Closing takes moments; a network that does not answer must not keep the process from ending. */
const STEP_LIMIT_MS = 10_000;

export function createCleanup(): Cleanup {
  const steps: { readonly name: string; readonly release: () => Promise<void>; readonly limitMs: number }[] = [];
  return {
    add(name, release, limitMs = STEP_LIMIT_MS) {
      steps.push({ name, release, limitMs });
    },
    async run(onFault) {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        const { name, release, limitMs } = step;
        const work = release().catch((error: unknown) => onFault(error, name));
        if (!(await withinLimit(work, limitMs))) onFault(new Error(`it took longer than ${limitMs} ms`), name);
      }
    },
  };
}

/** Resolves with the reason to stop. A second signal ends the process at once. */
export function stopSignal(): { readonly stopped: Promise<StopReason>; stop(reason: StopReason): void } {
  const { promise: stopped, resolve: stop } = deferred<StopReason>();
  let asked = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // As process 1 of a container a signal without a listener would be ignored.
    process.on(signal, () => {
      if (asked) process.exit(signal === 'SIGINT' ? 130 : 143);
      asked = true;
      stop({ exitCode: 0, cause: signal });
    });
  }
  return { stopped, stop };
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  const outside: { resolve?: (value: T) => void } = {};
  const promise = new Promise<T>((resolve) => {
    outside.resolve = resolve;
  });
  return { promise, resolve: (value) => outside.resolve?.(value) };
}

export interface StopReason {
  readonly exitCode: number;
  readonly cause: string;
  readonly error?: unknown;
  /** The operator has been told already. */
  readonly explained?: true;
}

/** Requests under way have this long to finish. */
export const DRAIN_LIMIT_MS = 30_000;

/** The limit of a step that first waits for the delay of the stop and then keeps to `DRAIN_LIMIT_MS` itself. */
export function drainStepLimitMs(settings: Pick<Settings, 'shutdown_delay'>): number {
  return settings.shutdown_delay * 1000 + DRAIN_LIMIT_MS + 10_000;
}

/** Waits for the work, but not longer than the limit. Answers whether it was done in time. */
export async function withinLimit(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** The last thing a process does: closes everything, logs what went wrong, and ends. */
export async function finishWith(
  reason: StopReason,
  needs: { readonly log: ServerLog; readonly cleanup: Cleanup },
): Promise<never> {
  const { logger, flush } = needs.log;
  if (reason.explained === true) logger.debug({ cause: reason.cause }, 'stopping');
  else if (reason.error === undefined) logger.info({ cause: reason.cause }, 'stopping');
  else logger.error({ err: reason.error, cause: reason.cause }, 'stopping');
  let { exitCode } = reason;
  await needs.cleanup.run((err, name) => {
    exitCode = 1;
    logger.error({ err, part: name }, 'could not be stopped');
  });
  flush();
  return process.exit(exitCode);
}
