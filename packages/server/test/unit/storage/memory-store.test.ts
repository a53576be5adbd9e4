import { createMemoryStore } from '../../../src/storage/memory/store.ts';
import { createMemoryAuditLog } from '../../../src/storage/memory/audit-log.ts';
import { createTestClock } from '../../support/clock.ts';
import { describeStore } from '../../storage/contract.ts';

describeStore('the store in memory', async () => ({
  stores: [createMemoryStore({ log: createMemoryAuditLog({ clock: createTestClock() }) })],
  close: async () => undefined,
}));
