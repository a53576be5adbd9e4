/** Work that one server of several does now and then: rows that expired, keys whose time has come. */
export interface Maintenance {
  /** Waits for what is running and starts nothing more. */
  stop(): Promise<void>;
}

export interface MaintenanceTask {
  readonly name: string;
  readonly everyMs: number;
  /** Also at once: there may be much to do after a long stop. */
  readonly atStart?: true;
  readonly run: () => Promise<void>;
}

/**
 * `alone` runs the task unless another server is at it, and says whether it ran: all servers keep time, one does the work.
 */
export function startMaintenance(
  tasks: readonly MaintenanceTask[],
  needs: {
    readonly alone: (name: string, work: () => Promise<void>) => Promise<boolean>;
    readonly onFault: (error: unknown, task: string) => void;
  },
): Maintenance {
  let stopped = false;
  const running = new Map<string, Promise<unknown>>();
  const timers = tasks.map((task) => {
    const timer = setInterval(() => start(task), task.everyMs);
    timer.unref();
    return timer;
  });

  function start(task: MaintenanceTask): void {
    // A task that takes longer than its interval does not overtake itself.
    if (stopped || running.has(task.name)) return;
    const work = needs
      .alone(task.name, task.run)
      .catch((error: unknown) => needs.onFault(error, task.name))
      .finally(() => running.delete(task.name));
    running.set(task.name, work);
  }

  for (const task of tasks) if (task.atStart === true) start(task);

  return {
    async stop() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}
