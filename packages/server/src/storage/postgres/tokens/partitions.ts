/** Access tokens live in one partition for each day on which they expire; a day that has passed is dropped whole. */
import { DatabaseError } from 'pg';
import type { Pool, Queryable } from '../pool.js';
import { digits, sql, type SqlText, text, skipPreparing } from '../sql.js';
import { transaction } from '../transaction.js';

/** Makes room for the coming days and drops the days before yesterday. What another node is doing is left to it. */
export async function keepPartitions(pool: Pool, now: Date): Promise<void> {
  const existing = await existingDays(pool);
  const today = startOfDay(now);
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
    const day = new Date(today + ahead * DAY);
    if (!existing.has(nameOf(day)) && !(await unlessBusy(() => makePartition(pool, day)))) return;
  }
  for (const day of existing.values()) {
    const isOver = day.getTime() + 2 * DAY <= now.getTime();
    if (isOver && !(await unlessBusy(() => dropPartition(pool, day)))) return;
  }
}

const DAY = 86_400_000;
const DAYS_AHEAD = 3;

// any number that no one else uses in this database
const LOCK = 4_151_872_402;

function startOfDay(time: Date): number {
  return Math.floor(time.getTime() / DAY) * DAY;
}

function nameOf(day: Date): string {
  return `access_tokens_${day.toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function partition(day: Date): SqlText {
  return text`access_tokens_${digits(nameOf(day).slice(-8))}`;
}

/** The days that have a partition, by its name. */
async function existingDays(connection: Queryable): Promise<ReadonlyMap<string, Date>> {
  const rows = await connection.query<{ name: string }>(sql`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'access_tokens'::regclass and c.relname ~ '^access_tokens_[0-9]{8}$'`);
  return new Map(
    rows.map(({ name }) => [name, new Date(name.replace(/^access_tokens_(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'))]),
  );
}

/**
 * Inserts wait from the first lock to the commit: one that had chosen the default partition before would be refused by it
 * afterwards. Rows that are there already, from before the day was made, move over.
 */
async function makePartition(pool: Pool, day: Date): Promise<void> {
  await whenFree(pool, async (tx) => {
    if ((await existingDays(tx)).has(nameOf(day))) return;
    const next = new Date(day.getTime() + DAY);
    await tx.count(skipPreparing(sql`lock table only access_tokens in share row exclusive mode`));
    await tx.count(skipPreparing(sql`lock table access_tokens_default in access exclusive mode`));
    await tx.count(skipPreparing(sql`create table ${partition(day)} (like access_tokens including all)`));
    await tx.count(
      sql`with moved as (
            delete from access_tokens_default where expires_at >= ${day} and expires_at < ${next} returning *
          )
          insert into ${partition(day)} select * from moved`,
    );
    await tx.count(
      skipPreparing(sql`alter table access_tokens attach partition ${partition(day)}
                        for values from ('${date(day)} 00:00:00+00') to ('${date(next)} 00:00:00+00')`),
    );
  });
}

function date(day: Date): SqlText {
  const [year = '', month = '', date = ''] = day.toISOString().slice(0, 10).split('-');
  return text`${digits(year)}-${digits(month)}-${digits(date)}`;
}

async function dropPartition(pool: Pool, day: Date): Promise<void> {
  await whenFree(pool, async (tx) => {
    if ((await existingDays(tx)).has(nameOf(day))) await tx.count(skipPreparing(sql`drop table ${partition(day)}`));
  });
}

async function whenFree(pool: Pool, work: (tx: Queryable) => Promise<void>): Promise<void> {
  await transaction(pool, async (tx) => {
    const [lock] = await tx.query<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(${LOCK}::bigint) as mine`);
    if (lock?.mine !== true) return;
    // everyone who writes tokens queues behind this statement: give up before they notice
    await tx.count(skipPreparing(sql`set local lock_timeout = '2s'`));
    await work(tx);
  });
}

/** False when the table stayed busy: the rest is left to the next sweep, rather than to hold up the writers again. */
async function unlessBusy(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '55P03') return false;
    throw error;
  }
}
