import { createMemoryAuditLog } from '../../../src/storage/memory/audit-log.ts';
import { describeAuditLog } from '../../storage/contract/audit-log.ts';

describeAuditLog('the audit log in memory', async (clock) => ({
  logs: [createMemoryAuditLog({ clock })],
  close: async () => undefined,
}));
