import type { SessionId, TokenHash, UserId } from '@authly/oauth';

/** A browser in which a person has signed in. */
export interface Session {
  /** The `sid` claim; not a secret. */
  readonly id: SessionId;
  /** Hash of the secret that the cookie holds. */
  readonly secretHash: TokenHash;
  readonly userId: UserId;
  /** What the person's `loginEpoch` was when they proved who they are: stored only while it still is. */
  readonly loginEpoch: number;
  readonly createdAt: Date;
  /** When the person last proved who they are. */
  readonly authTime: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt?: Date;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly ip?: string;
  readonly userAgent?: string;
}

/** Tells whether a session can still be used. */
export function isSessionLive(session: Session, now: Date): boolean {
  return session.endedAt === undefined && session.expiresAt > now;
}
