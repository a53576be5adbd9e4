import { createMemoryAuditLog } from '../../../src/storage/memory/audit-log.ts';
import { createMemoryStore } from '../../../src/storage/memory/store.ts';
import { describeTransactions } from '../../storage/contract/transactions.ts';

describeTransactions('transactions in memory', async (clock) => {
  const log = createMemoryAuditLog({ clock });
  const refused = new Set<string>();
  const store = createMemoryStore({
    log: {
      append(events) {
        if (events.some(([event]) => refused.has(event.action))) throw new Error('the log is full');
        log.append(events);
      },
    },
  });
  return {
    stores: [store],
    log,
    refuseEvents: async (action) => void refused.add(action),
    close: async () => undefined,
  };
});
