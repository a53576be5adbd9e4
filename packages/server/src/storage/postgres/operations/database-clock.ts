import type { DatabaseClock } from '../../../ports/database-clock.js';
import type { Pool } from '../pool.js';
import { sql } from '../sql.js';

/** The time of the database server. */
export function createDatabaseClock(pool: Pool): DatabaseClock {
  return {
    async now() {
      const [row] = await pool.query<{ now: Date }>(sql`select clock_timestamp() as now`);
      if (row === undefined) throw new Error('the database told no time');
      return row.now;
    },
  };
}
