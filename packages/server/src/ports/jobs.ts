import type { ClientId, SessionId, UserId } from '@authly/oauth';
import type { Mail } from './mailer.js';

/** Which client wants which picture. */
export interface ClientLogoJob {
  /** The id of its row. */
  readonly client: string;
  readonly clientId: string;
  readonly uri: string;
}

/** Which client is told of the end of which session of whom. */
export interface LogoutJob {
  readonly clientId: ClientId;
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

/** What can be done later, with what it needs to know. A payload holds no secret: it lies in the database as it is. */
export interface JobPayloads {
  readonly mail: Mail;
  readonly 'client-logo': ClientLogoJob;
  readonly 'back-channel-logout': LogoutJob;
}

/** Work that comes again by itself, once in the whole installation. */
const RECURRING = ['sweep', 'leftover-clients', 'rotate-keys', 'seal-anew', 'audit-retention'] as const;

export type RecurringJob = (typeof RECURRING)[number];

export type JobKind = keyof JobPayloads | RecurringJob;

export function isRecurring(kind: JobKind): kind is RecurringJob {
  return RECURRING.some((name) => name === kind);
}

/** Stores a job. Inside a transaction it is done if that commits, and otherwise was never there. */
export interface AddJob {
  add<Kind extends keyof JobPayloads>(kind: Kind, payload: JobPayloads[Kind]): Promise<void>;
}

export interface TakenJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly payload: unknown;
  readonly isRecurring: boolean;
  /** This one included. With the id it says whose turn it is: whoever took too long has lost it. */
  readonly attempts: number;
}

/** The jobs of the installation, for whoever works at them. All times are the database's. */
export interface JobStore extends AddJob {
  /** Makes sure that a recurring job is there, once, and comes as often as this. */
  schedule(name: RecurringJob, everySeconds: number): Promise<void>;
  /** Takes what is due, for as long as the lease; nobody else gets it meanwhile. */
  take(wish: {
    readonly kinds: readonly JobKind[];
    readonly limit: number;
    readonly leaseSeconds: number;
  }): Promise<readonly TakenJob[]>;
  extend(job: TakenJob, leaseSeconds: number): Promise<void>;
  /** It is done: gone, or due again when its time has come. */
  finish(job: TakenJob): Promise<void>;
  /** It failed: due again after this time; without one it is given up. */
  fail(job: TakenJob, error: string, retrySeconds: number | undefined): Promise<void>;
  /** Removes what was given up so long ago. */
  removeDead(olderThanSeconds: number): Promise<void>;
}
