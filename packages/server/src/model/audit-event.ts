import type { AuditAction } from './audit-action.js';

/** Something that happened and must stay provable: every authentication decision and every change by an administrator. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly outcome: 'success' | 'failure';
  readonly actor: {
    readonly type: 'user' | 'client' | 'system' | 'anonymous';
    readonly id?: string;
    readonly name?: string;
  };
  readonly clientId?: string;
  readonly target?: { readonly type: string; readonly id: string };
  /** Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Where an event came from. */
export interface RequestOrigin {
  readonly ip?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
}

/** An event with its origin and its time, as it is written into the log. */
export interface AuditEntry extends AuditEvent, RequestOrigin {
  readonly at: Date;
}

/** An event as it stands in the log. */
export interface RecordedAuditEvent extends AuditEntry {
  /** Grows with every event; numbers can be left out. */
  readonly seq: number;
  /** SHA-256 of everything above, in hexadecimal: what the seal keeps of the event. */
  readonly hash: string;
  /** The number of the seal that covers it; the newest events have none yet. */
  readonly seal?: number;
}
