/** Work that only one of all servers on a database may do at a time. */
import type { Pool } from '../pool.js';
import { sql } from '../sql.js';

/** Does the work unless someone else is at it, and says whether it was done. */
export async function alone(pool: Pool, name: string, work: () => Promise<void>): Promise<boolean> {
  return await pool.use(async (connection) => {
    // of the session, not of a transaction: the work has transactions of its own, and may take long
    const [row] = await connection.query<{ mine: boolean }>(
      sql`select pg_try_advisory_lock(${LOCKS}::integer, hashtext(${name})) as mine`,
    );
    if (row?.mine !== true) return false;
    try {
      await work();
      return true;
    } finally {
      await connection.query(sql`select pg_advisory_unlock(${LOCKS}::integer, hashtext(${name}))`);
    }
  });
}

// any number that no one else uses in this database
const LOCKS = 1_635_083_369;
