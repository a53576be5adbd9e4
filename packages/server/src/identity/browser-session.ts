import type { SessionId, TokenHash } from '@authly/oauth';
import type { RequestOrigin } from '../model/audit-event.js';
import { isSessionLive, type Session } from '../model/session.js';
import type { User } from '../model/user.js';
import type { Context } from '../ports/context.js';
import { ACR_PASSWORD } from '../protocol/first-party.js';

/** A person in a browser, proved by the session cookie. */
export interface SignedIn {
  readonly session: Session;
  readonly user: User;
}

const SEEN_EVERY_MS = 60_000;

/** Who the session cookie stands for; `undefined` when nobody any more. */
export async function currentSession(
  secret: string | undefined,
  context: Pick<Context, 'store' | 'hashing' | 'clock' | 'settings'>,
): Promise<SignedIn | undefined> {
  if (secret === undefined || secret.length > 200) return undefined;
  const found = await context.store.sessions.findBySecret(context.hashing.tokenHash(secret));
  if (!found) return undefined;
  const now = context.clock.now();
  const idleSince = now.getTime() - found.session.lastSeenAt.getTime();
  if (!isSessionLive(found.session, now) || !found.user.isActive) return undefined;
  if (idleSince > context.settings['sessions.idle'] * 1000) return undefined;
  if (idleSince > SEEN_EVERY_MS) await context.store.sessions.seen(found.session.id, now);
  return found;
}

export interface StartedSession {
  /** For the cookie; it is not stored. */
  readonly secret: string;
  readonly session: Session;
}

/**
 * Starts the session of a person who just proved who they are. The secret is always new. The same person keeps the session's
 * id, so that other applications stay signed in; another person ends the old session.
 */
// @check 50, 84
export async function startSession(
  user: User,
  before: SignedIn | undefined,
  origin: RequestOrigin,
  context: Pick<Context, 'store' | 'hashing' | 'clock' | 'random' | 'settings'>,
): Promise<StartedSession> {
  const now = context.clock.now();
  const secret = context.random.bytes(32).toString('base64url');
  const proof = {
    secretHash: context.hashing.tokenHash(secret) as TokenHash,
    authTime: now,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + context.settings['sessions.lifetime'] * 1000),
    acr: ACR_PASSWORD,
    amr: ['pwd'],
  };
  if (before && before.user.id === user.id) {
    await context.store.sessions.renew(before.session.id, proof);
    return { secret, session: { ...before.session, ...proof } };
  }
  if (before) await context.store.sessions.end({ id: before.session.id }, now);
  const session: Session = {
    id: context.random.uuid() as SessionId,
    userId: user.id,
    createdAt: now,
    ...(origin.ip !== undefined && { ip: origin.ip }),
    ...(origin.userAgent !== undefined && { userAgent: origin.userAgent.slice(0, 500) }),
    ...proof,
  };
  await context.store.sessions.add(session);
  return { secret, session };
}
