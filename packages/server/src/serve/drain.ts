import type { ServerLog } from '../platform/log/log.js';

/** What has to be given back at the end, last taken first. */
export interface Cleanup {
  add(name: string, release: () => Promise<void>): void;
  /** Runs every step, also when one fails. */
  run(onFault: (error: unknown, name: string) => void): Promise<void>;
}

export function createCleanup(): Cleanup {
  const steps: { readonly name: string; readonly release: () => Promise<void> }[] = [];
  return {
    add(name, release) {
      steps.push({ name, release });
    },
    async run(onFault) {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        const { name, release } = step;
        await release().catch((error: unknown) => onFault(error, name));
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
}

/** Contract of spec/security: in-flight requests have this long to finish. */
export const DRAIN_LIMIT_MS = 30_000;

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

/** The last thing a process does: gives everything back, says what went wrong, and ends. */
export async function finishWith(
  reason: StopReason,
  needs: { readonly log: ServerLog; readonly cleanup: Cleanup },
): Promise<never> {
  const { logger, flush } = needs.log;
  if (reason.error === undefined) logger.info({ cause: reason.cause }, 'stopping');
  else logger.error({ err: reason.error, cause: reason.cause }, 'stopping');
  let { exitCode } = reason;
  await needs.cleanup.run((err, name) => {
    exitCode = 1;
    logger.error({ err, part: name }, 'could not be stopped');
  });
  flush();
  return process.exit(exitCode);
}
