import type { RecordedAuditEvent } from '../../../model/audit-event.js';

export interface AuditFilter {
  /** A whole action, or a family with its trailing dot. */
  readonly action?: string;
  readonly outcome?: 'success' | 'failure';
  /** Id or name. */
  readonly actor?: string;
  readonly clientId?: string;
  readonly targetType?: string;
  readonly targetId?: string;
  readonly ip?: string;
  readonly requestId?: string;
  readonly since?: Date;
  readonly until?: Date;
}

export interface AuditReadStore {
  /** Newest first, of those before `before`. */
  newest(
    filter: AuditFilter,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<readonly RecordedAuditEvent[]>;
  /** Oldest first, of those after `after` and up to `through`. */
  oldest(
    filter: AuditFilter,
    page: { readonly limit: number; readonly after: number; readonly through: number },
  ): Promise<readonly RecordedAuditEvent[]>;
  /** A place up to which no event can appear any more; `undefined` when that cannot be said at the moment. */
  lastSettled(): Promise<number | undefined>;
}
