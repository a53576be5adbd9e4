/** A pool that tells how long every statement took, whoever asked for it. */
import type { Pool, Queryable } from '../pool.js';
import type { Statement } from '../sql.js';

export type ObserveStatement = (operation: string, seconds: number, outcome: 'success' | 'error') => void;

export function observedPool(pool: Pool, observe: ObserveStatement): Pool {
  return {
    ...observed(pool, observe),
    use: (work) => pool.use((connection) => work(observed(connection, observe))),
    stats: () => pool.stats(),
    close: () => pool.close(),
  };
}

function observed(connection: Queryable, observe: ObserveStatement): Queryable {
  async function measure<T>(statement: Statement, run: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const done = (outcome: 'success' | 'error'): void =>
      observe(operationOf(statement), (performance.now() - startedAt) / 1000, outcome);
    try {
      const result = await run();
      done('success');
      return result;
    } catch (error) {
      done('error');
      throw error;
    }
  }

  return {
    query: <Row extends object>(statement: Statement) => measure(statement, () => connection.query<Row>(statement)),
    count: (statement) => measure(statement, () => connection.count(statement)),
  };
}

/** The first word: select, insert, update, delete, with. */
function operationOf({ text }: Statement): string {
  const end = text.indexOf(' ');
  return (end === -1 ? text : text.slice(0, end)).toLowerCase();
}
