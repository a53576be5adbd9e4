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
  let stop: (reason: StopReason) => void = () => undefined;
  const stopped = new Promise<StopReason>((resolve) => {
    stop = resolve;
  });
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
