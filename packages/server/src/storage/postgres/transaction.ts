/** Several statements that count together or not at all. */
import type { Pool, Queryable } from './pool.js';
import { sql } from './sql.js';

/** Commits when the work returns, rolls back when it throws. */
export async function transaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return await pool.use(async (tx) => {
    await tx.count(sql`begin`);
    try {
      const result = await work(tx);
      await tx.count(sql`commit`);
      return result;
    } catch (error) {
      // when the connection is gone so is the transaction; the reason is in the first error
      await tx.count(sql`rollback`).catch(() => undefined);
      throw error;
    }
  });
}
