import { afterEach, beforeEach, expect, test } from 'vitest';
import { type JobHandlers, type JobRunner, startJobs } from '../../src/platform/jobs/runner.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import type { RecurringJob } from '../../src/ports/jobs.ts';
import { jobs } from '../../src/storage/postgres/jobs/jobs.ts';
import { createPostgresStore } from '../../src/storage/postgres/store.ts';
import { administer, openPools, type OpenPools, withConnection } from '../storage/servers/postgres.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
const MAIL = { to: 'alice@example.org', subject: 'Hello', text: 'World' };

let opened: OpenPools;
let runners: JobRunner[];
let outcomes: string[];

beforeEach(async () => {
  opened = await openPools(3);
  runners = [];
  outcomes = [];
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  await opened.close();
});

interface Wish {
  readonly schedule?: Partial<Record<RecurringJob, number>>;
  readonly isClockRight?: boolean;
}

/** Works at the jobs as one more process of the installation. */
function startProcess(handlers: JobHandlers, { schedule = {}, isClockRight = true }: Wish = {}): JobRunner {
  const [pool = opened.pools[0]] = [opened.pools[runners.length % 3]];
  const runner = startJobs({
    store: jobs(pool),
    handlers,
    schedule,
    isClockRight: async () => isClockRight,
    random: () => 0.5,
    observe: (kind, outcome) => outcomes.push(`${kind} ${outcome}`),
    onFault: () => undefined,
  });
  runners.push(runner);
  return runner;
}

async function rows<Row extends object>(columns: string): Promise<Row[]> {
  return withConnection(
    opened.url,
    async (client) => (await client.query<Row>(`select ${columns} from jobs order by created_at`)).rows,
  );
}

const makeDue = (): Promise<void> => administer(opened.url, "update jobs set run_at = now() - interval '1 second'");

test('a job is done once the transaction that added it commits, and was never there when it does not', async () => {
  const store = createPostgresStore(opened.pools[0], { clock: systemClock });
  const done: unknown[] = [];
  const runner = startProcess({ mail: async (mail) => void done.push(mail) });
  await store.transaction(async (tx) => {
    await tx.jobs.add('mail', MAIL);
    runner.wake();
  });
  const undone = store.transaction(async (tx) => {
    await tx.jobs.add('mail', { ...MAIL, to: 'nobody@example.org' });
    throw new Error('changed my mind');
  });
  await expect(undone).rejects.toThrow('changed my mind');
  runner.wake();
  await expect.poll(() => done, PATIENCE).toEqual([MAIL]);
  await expect.poll(() => rows('id'), PATIENCE).toEqual([]);
  expect(outcomes).toEqual(['mail success']);
});

test('of three processes one does each job, and each job is done once', async () => {
  const done: string[] = [];
  const mail: JobHandlers['mail'] = async ({ to }) => void done.push(to);
  const sent = Array.from({ length: 40 }, (_, at) => `${at}@example.org`);
  for (const to of sent) await jobs(opened.pools[0]).add('mail', { ...MAIL, to });
  for (let at = 0; at < 3; at += 1) startProcess({ mail });
  await expect.poll(() => rows('id'), PATIENCE).toEqual([]);
  expect(done.toSorted()).toEqual(sent.toSorted());
});

test('a job that fails is tried again, later each time, and is given up and kept in the end', async () => {
  await jobs(opened.pools[0]).add('mail', MAIL);
  const runner = startProcess({ mail: () => Promise.reject(new Error('the mail server is away')) });
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    await expect.poll(() => outcomes.length, PATIENCE).toBe(attempt);
    const [row] = await rows<{ pause: number }>('round(extract(epoch from run_at - now()))::integer as pause');
    pauses.push(row?.pause ?? Number.NaN);
    if (attempt === 20) break;
    await makeDue();
    runner.wake();
  }
  expect(pauses.slice(0, 4).map((pause) => Math.round(pause / 5) * 5)).toEqual([15, 30, 60, 120]);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(3600);
  expect(outcomes).toEqual([...Array(19).fill('mail retry'), 'mail dead']);
  expect(await rows('attempts, last_error, dead_at is null as alive')).toEqual([
    { attempts: 20, last_error: 'the mail server is away', alive: false },
  ]);
  await makeDue();
  expect(await jobs(opened.pools[0]).take({ kinds: ['mail'], limit: 5, leaseSeconds: 300 })).toEqual([]);
  await jobs(opened.pools[0]).removeDead(60);
  expect(await rows('id')).toHaveLength(1);
  await administer(opened.url, "update jobs set dead_at = now() - interval '2 minutes'");
  await jobs(opened.pools[0]).removeDead(60);
  expect(await rows('id')).toEqual([]);
});

test('a job whose process died is done by another when its lease has ended, and the dead one decides nothing any more', async () => {
  const store = jobs(opened.pools[0]);
  await store.add('mail', MAIL);
  const wish = { kinds: ['mail'], limit: 5, leaseSeconds: 300 } as const;
  const [taken] = await store.take(wish);
  expect(await store.take(wish)).toEqual([]);
  await administer(opened.url, "update jobs set leased_until = now() - interval '1 second'");
  const [again] = await store.take(wish);
  expect([taken?.attempts, again?.attempts]).toEqual([1, 2]);
  if (taken) await store.finish(taken);
  if (taken) await store.fail(taken, 'too late', undefined);
  expect(await rows('last_error, dead_at')).toEqual([{ last_error: null, dead_at: null }]);
  if (again) await store.finish(again);
  expect(await rows('id')).toEqual([]);
});

test('recurring work is there once, comes again when its time has come, and not in a process whose clock is wrong', async () => {
  let sweeps = 0;
  const sweep = async (): Promise<void> => {
    sweeps += 1;
    if (sweeps === 2) throw new Error('the database is busy');
  };
  const wrong = startProcess(
    { sweep: () => Promise.reject(new Error('deletes what is alive')) },
    { isClockRight: false },
  );
  const right = [1, 2].map(() => startProcess({ sweep }, { schedule: { sweep: 300 } }));
  const wakeAll = (): void => [wrong, ...right].forEach((runner) => runner.wake());
  await expect.poll(() => outcomes, PATIENCE).toEqual(['sweep success']);
  expect(await rows("name, attempts, run_at > now() + interval '4 minutes' as later")).toEqual([
    { name: 'sweep', attempts: 0, later: true },
  ]);
  wakeAll();
  for (const outcome of ['sweep retry', 'sweep success']) {
    await makeDue();
    await expect
      .poll(() => {
        wakeAll();
        return outcomes.at(-1);
      }, PATIENCE)
      .toBe(outcome);
  }
  expect(sweeps).toBe(3);
});
