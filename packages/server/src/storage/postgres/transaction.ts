/** Several statements that count together or not at all. */
import type { Pool, Queryable } from './pool.js';
import { sql } from './sql.js';

/** Commits when the work returns, rolls back when it throws. */
export async function transaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return await pool.use((connection) => inTransaction(connection, work));
}

/** The same on a connection that the caller has already. */
export async function inTransaction<T>(connection: Queryable, work: (tx: Queryable) => Promise<T>): Promise<T> {
  await connection.count(sql`begin`);
  try {
    const result = await work(connection);
    await connection.count(sql`commit`);
    return result;
  } catch (error) {
    // when the connection is gone so is the transaction; the reason is in the first error
    await connection.count(sql`rollback`).catch(() => undefined);
    throw error;
  }
}
