import { expect, test, vi } from 'vitest';
import { startMaintenance } from '../../../src/platform/maintenance.ts';

test('a task runs when its time has come, alone, and its failure is reported and does not stop the next run', async () => {
  vi.useFakeTimers();
  try {
    const faults: unknown[] = [];
    let runs = 0;
    const maintenance = startMaintenance(
      [
        {
          name: 'sweep',
          everyMs: 1000,
          run: async () => {
            runs += 1;
            if (runs === 1) throw new Error('the database is away');
          },
        },
      ],
      {
        alone: async (_name, work) => {
          await work();
          return true;
        },
        onFault: (error, task) => faults.push([task, String(error)]),
      },
    );
    await vi.advanceTimersByTimeAsync(2500);
    expect(runs).toBe(2);
    expect(faults).toEqual([['sweep', 'Error: the database is away']]);
    await maintenance.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(runs).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test('stopping waits for the task that is running', async () => {
  vi.useFakeTimers();
  try {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const maintenance = startMaintenance([{ name: 'slow', everyMs: 10, run: () => finished }], {
      alone: async (_name, work) => {
        await work();
        return true;
      },
      onFault: () => undefined,
    });
    await vi.advanceTimersByTimeAsync(15);
    let stopped = false;
    const stopping = maintenance.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(stopped).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
