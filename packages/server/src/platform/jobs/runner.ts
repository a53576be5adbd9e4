/** Does the jobs of the installation in this process, beside all the others that do. */
import {
  isRecurring,
  type JobKind,
  type JobPayloads,
  type JobStore,
  type RecurringJob,
  type TakenJob,
} from '../../ports/jobs.js';

export type JobHandlers = {
  readonly [Kind in keyof JobPayloads]?: (payload: JobPayloads[Kind], attempt: number) => Promise<void>;
} & { readonly [Kind in RecurringJob]?: () => Promise<void> };

export interface JobRunner {
  /** There may be something to do. */
  wake(): void;
  /** Takes nothing more, and waits for what is running. */
  stop(): Promise<void>;
}

export interface JobRunnerNeeds {
  readonly store: JobStore;
  readonly handlers: JobHandlers;
  /** How often recurring jobs come; those that are not named are not made. */
  readonly schedule: Partial<Record<RecurringJob, number>>;
  /** When jobs of a kind are tried again, in seconds; others at doubling intervals. */
  readonly retrySeconds?: Partial<Record<JobKind, readonly number[]>>;
  /** What comes by itself goes by time, so a process whose clock is wrong leaves it to the others. */
  readonly isClockRight: () => Promise<boolean>;
  readonly random: () => number;
  readonly observe: (kind: string, outcome: 'success' | 'retry' | 'dead') => void;
  readonly onFault: (error: unknown, kind: string) => void;
}

/** A job that is added wakes the processes; this is for retries, recurring ones and notifications that got lost. */
const POLL_MS = 15_000;
const WIDTH = 5;
const LEASE_SECONDS = 300;
const EXTEND_MS = 60_000;
const FIRST_RETRY_SECONDS = 15;
const LONGEST_RETRY_SECONDS = 3600;
/** About half a day of tries. */
const MAX_ATTEMPTS = 20;

export function startJobs(needs: JobRunnerNeeds): JobRunner {
  const kinds = Object.keys(needs.handlers) as JobKind[];
  let isStopped = false;
  let isWoken = true;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (isWoken && !isStopped) {
      isWoken = false;
      const mine = (await needs.isClockRight()) ? kinds : kinds.filter((kind) => !isRecurring(kind));
      const taken = await needs.store.take({ kinds: mine, limit: WIDTH, leaseSeconds: LEASE_SECONDS });
      await Promise.all(taken.map((job) => run(job, needs)));
      if (taken.length > 0) isWoken = true;
    }
  }

  function wake(): void {
    isWoken = true;
    working ??= work()
      .catch((error: unknown) => needs.onFault(error, 'jobs'))
      .finally(() => {
        working = undefined;
      });
  }

  async function begin(): Promise<void> {
    for (const [name, everySeconds] of Object.entries(needs.schedule)) {
      await needs.store.schedule(name as RecurringJob, everySeconds);
    }
    await work();
  }

  working = begin()
    .catch((error: unknown) => needs.onFault(error, 'jobs'))
    .finally(() => {
      working = undefined;
    });
  const poll = setInterval(wake, POLL_MS).unref();
  return {
    wake,
    async stop() {
      isStopped = true;
      clearInterval(poll);
      await working;
    },
  };
}

/** A job whose process dies is not lost: its lease ends, and it is taken again. So every job must bear being done twice. */
async function run(job: TakenJob, needs: JobRunnerNeeds): Promise<void> {
  const lease = setInterval(() => void needs.store.extend(job, LEASE_SECONDS).catch(() => undefined), EXTEND_MS);
  try {
    const handle = needs.handlers[job.kind] as (payload: unknown, attempt: number) => Promise<void>;
    await handle(job.payload, job.attempts);
    await needs.store.finish(job);
    needs.observe(job.kind, 'success');
  } catch (error) {
    needs.onFault(error, job.kind);
    await giveBack(job, error, needs).catch((fault: unknown) => needs.onFault(fault, job.kind));
  } finally {
    clearInterval(lease);
  }
}

async function giveBack(job: TakenJob, error: unknown, needs: JobRunnerNeeds): Promise<void> {
  const own = needs.retrySeconds?.[job.kind];
  const isDead = !job.isRecurring && job.attempts >= (own ? own.length + 1 : MAX_ATTEMPTS);
  // Not all at the same moment again: what they failed at may only just have come back.
  const doubled = FIRST_RETRY_SECONDS * 2 ** Math.min(job.attempts - 1, 20) * (0.8 + 0.4 * needs.random());
  const retrySeconds = isDead
    ? undefined
    : (own?.[job.attempts - 1] ?? Math.round(Math.min(doubled, LONGEST_RETRY_SECONDS)));
  await needs.store.fail(job, error instanceof Error ? error.message : String(error), retrySeconds);
  needs.observe(job.kind, isDead ? 'dead' : 'retry');
}
