import type { AuditEvent, RequestOrigin } from '../model/audit-event.js';

/** The append-only log of what happened. */
export interface AuditLog {
  /** Resolves once the event is stored for good. */
  record(event: AuditEvent, origin: RequestOrigin): Promise<void>;
}
