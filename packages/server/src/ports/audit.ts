import type { UserId } from '@authly/oauth';
import type { AuditEvent, ChainedAuditEvent, RequestOrigin } from '../model/audit-event.js';

/** The append-only log of what happened. */
export interface AuditLog {
  /** Resolves once the event is stored for good. */
  record(event: AuditEvent, origin: RequestOrigin): Promise<void>;
  /** What a person did and what was done to their account, newest first, as far as it is one of these actions. */
  recentOf(
    userId: UserId,
    page: { readonly actions: readonly string[]; readonly limit: number; readonly before?: number },
  ): Promise<readonly ChainedAuditEvent[]>;
}
