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

/** Which events, newest first. */
export interface AuditQuery {
  /** The whole action, or its first part with a dot at the end: `client.` */
  readonly action?: string;
  readonly outcome?: AuditEvent['outcome'];
  readonly actorId?: string;
  readonly clientId?: string;
  readonly targetId?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly limit: number;
  /** Only events before this place in the chain: the `seq` of the last one of the page before. */
  readonly before?: number;
}

/** What a check of the chain found. */
export type AuditVerdict =
  | { readonly intact: true; readonly events: number; readonly seq: number; readonly hash: string }
  | { readonly intact: false; readonly seq: number; readonly problem: 'edited' | 'missing' };

/** Reads and checks the log; for administrators. */
export interface AuditTrail {
  list(query: AuditQuery): Promise<readonly ChainedAuditEvent[]>;
  /**
   * Walks the whole chain and names the first event that was edited or is missing. With an anchor, the place and hash of an event
   * noted before, a chain that was made anew is found out too.
   */
  verify(anchor?: { readonly seq: number; readonly hash: string }): Promise<AuditVerdict>;
}
