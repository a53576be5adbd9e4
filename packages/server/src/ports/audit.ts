import type { UserId } from '@authly/oauth';
import type { AuditAction } from '../model/audit-action.js';
import type { AuditEvent, RecordedAuditEvent, RequestOrigin } from '../model/audit-event.js';

/** The append-only log of what happened. */
export interface AuditLog {
  /** Resolves once the event is stored for good. */
  record(event: AuditEvent, origin: RequestOrigin): Promise<void>;
  /** What a person did and what was done to their account, newest first, as far as it is one of these actions. */
  recentOf(
    userId: UserId,
    page: { readonly actions: readonly AuditAction[]; readonly limit: number; readonly before?: number },
  ): Promise<readonly RecordedAuditEvent[]>;
  /** `cannot record`: the row that says where the log ends is gone. `cannot seal`: it is not the one that was written. */
  state(): Promise<'ok' | 'cannot record' | 'cannot seal'>;
  /** Seals what has been committed, then compares every event of the range with the seals, and the seals with each other. */
  verify(range?: AuditRange): Promise<AuditReport>;
}

export interface AuditRange {
  readonly fromSeq?: number;
  readonly toSeq?: number;
  /** The end of the log as an earlier check reported it: `lastSeq` and `headHash`. */
  readonly anchor?: AuditAnchor;
}

export interface AuditAnchor {
  readonly seq: number;
  /** In hexadecimal. */
  readonly hash: string;
}

export interface AuditProblem {
  readonly seq: number;
  /**
   * `added`: it was put among events that had been sealed. `unlinked`: the seal that covers it was changed, or is not the one that
   * followed the seal before it. `head`: where the log ends cannot be trusted, because that row is gone or was changed.
   */
  readonly kind: 'missing' | 'edited' | 'added' | 'unlinked' | 'head';
}

/** What a check of the log found. */
export interface AuditReport {
  /** How many sealed events were compared. */
  readonly checked: number;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
  /** The hash of the last seal, in hexadecimal; only when the range goes to the end. */
  readonly headHash?: string;
  /** After which event the log begins, and when that one was sealed, once retention has removed the older ones. */
  readonly start?: { readonly seq: number; readonly at: Date };
  /** The first hundred. */
  readonly problems: readonly AuditProblem[];
  readonly problemCount: number;
}
