import type { ChainedAuditEvent } from '../../../model/audit-event.js';

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

export interface ChainProblem {
  readonly seq: number;
  /** `unlinked`: it is whole, but does not follow from the one before it. */
  readonly kind: 'missing' | 'edited' | 'unlinked';
}

/** What a walk over the chain found. */
export interface ChainReport {
  readonly checked: number;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
  readonly headHash?: string;
  /** The first hundred. */
  readonly problems: readonly ChainProblem[];
  readonly problemCount: number;
}

export interface AuditReadStore {
  /** Newest first, of those before `before`. */
  newest(
    filter: AuditFilter,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<readonly ChainedAuditEvent[]>;
  /** Oldest first, of those after `after`. */
  oldest(
    filter: AuditFilter,
    page: { readonly limit: number; readonly after: number },
  ): Promise<readonly ChainedAuditEvent[]>;
  /** Recomputes the chain from the one place to the other, or all of it. */
  check(range: { readonly fromSeq?: number; readonly toSeq?: number }): Promise<ChainReport>;
}
