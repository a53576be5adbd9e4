/** Jobs in a table: added in anybody's transaction, taken with `skip locked`, so that no two processes get the same one. */
import type { AddJob, JobStore, TakenJob } from '../../../ports/jobs.js';
import type { Pool, Queryable } from '../pool.js';
import { json, sql } from '../sql.js';

export function addJobs(db: Queryable): AddJob {
  return {
    add: async (kind, payload) => {
      await db.count(sql`insert into jobs (kind, payload) values (${kind}, ${json(payload)})`);
    },
  };
}

export function jobs(pool: Pool): JobStore {
  return {
    ...addJobs(pool),

    async schedule(name, everySeconds) {
      await pool.count(sql`
        insert into jobs (kind, name, payload, every_seconds) values (${name}, ${name}, '{}', ${everySeconds})
        on conflict (name) do update set every_seconds = excluded.every_seconds
         where jobs.every_seconds <> excluded.every_seconds`);
    },

    take: ({ kinds, limit, leaseSeconds }) =>
      pool.query<TakenJob>(sql`
        update jobs set attempts = attempts + 1, leased_until = now() + make_interval(secs => ${leaseSeconds}::integer)
         where id in (
           select id from jobs
            where dead_at is null and run_at <= now() and (leased_until is null or leased_until < now())
              and kind = any(${kinds}::text[])
            order by run_at limit ${limit} for update skip locked
         )
        returning id, kind, payload, name is not null as "isRecurring", attempts`),

    async extend({ id, attempts }, leaseSeconds) {
      await pool.count(sql`
        update jobs set leased_until = now() + make_interval(secs => ${leaseSeconds}::integer)
         where id = ${id} and attempts = ${attempts}`);
    },

    async finish({ id, attempts, isRecurring }) {
      await pool.count(
        isRecurring
          ? sql`
              update jobs set run_at = now() + make_interval(secs => every_seconds), attempts = 0, leased_until = null,
                              last_error = null
               where id = ${id} and attempts = ${attempts}`
          : sql`delete from jobs where id = ${id} and attempts = ${attempts}`,
      );
    },

    async fail({ id, attempts }, error, retrySeconds) {
      await pool.count(sql`
        update jobs
           set run_at = now() + make_interval(secs => ${retrySeconds ?? 0}::integer), leased_until = null, last_error = ${error},
               dead_at = case when ${retrySeconds === undefined} then now() end
         where id = ${id} and attempts = ${attempts}`);
    },

    async removeDead(olderThanSeconds) {
      await pool.count(
        sql`delete from jobs where dead_at < now() - make_interval(secs => ${olderThanSeconds}::integer)`,
      );
    },
  };
}
