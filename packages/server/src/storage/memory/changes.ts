/** Changes and the events that tell of them, together or not at all; in memory. */
import type { AuditEvent, RequestOrigin } from '../../model/audit-event.js';
import type { RunTransaction, Transaction } from '../../ports/store/transaction.js';
import type { MemoryAuditLog } from './audit-log.js';
import { emptyTables, type Tables } from './tables.js';

/** What a transaction in memory can change. Administration's own lists and removals are the database's alone. */
export type CoreTransaction = Omit<Transaction, 'admin'>;

/**
 * The work changes copies. What it changed is taken over in one go; when somebody else has changed one of those tables meanwhile,
 * the work is done again on what is there then.
 */
export function changes(
  tables: Tables,
  needs: {
    readonly log: Pick<MemoryAuditLog, 'append'>;
    readonly stores: (tables: Tables) => Omit<CoreTransaction, 'record'>;
  },
): RunTransaction<CoreTransaction> {
  return async (work) => {
    for (;;) {
      const [before, mine] = [copyOf(tables), copyOf(tables)];
      const events: [AuditEvent, RequestOrigin][] = [];
      const result = await work({ ...needs.stores(mine), record: (...event) => events.push(event) });
      const changed = names(tables).filter((table) => isOther(mine[table], before[table]));
      if (changed.some((table) => isOther(tables[table], before[table]))) continue;
      needs.log.append(events);
      for (const table of changed) refill(tables[table], mine[table]);
      return result;
    }
  };
}

function copyOf(tables: Tables): Tables {
  const copy = emptyTables();
  for (const table of names(tables)) refill(copy[table], tables[table]);
  return copy;
}

/** Rows are never changed but replaced. */
function isOther(rows: ReadonlyMap<string, unknown>, before: ReadonlyMap<string, unknown>): boolean {
  return rows.size !== before.size || [...rows].some(([key, row]) => before.get(key) !== row);
}

/** Both are the same table, which the compiler cannot know here. */
function refill(rows: ReadonlyMap<string, unknown>, from: ReadonlyMap<string, unknown>): void {
  const target = rows as Map<string, unknown>;
  target.clear();
  for (const [key, row] of from) target.set(key, row);
}

function names(tables: Tables): readonly (keyof Tables)[] {
  return Object.keys(tables) as (keyof Tables)[];
}
