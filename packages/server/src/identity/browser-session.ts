import type { SessionId, TokenHash } from '@authly/oauth';
import type { RequestOrigin } from '../model/audit-event.js';
import { isSessionLive, type Session } from '../model/people/session.js';
import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import { loginEnded } from '../protocol/error.js';
import { type Assurance, PASSWORD_ALONE } from './assurance.js';

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
  if (idleSince > SEEN_EVERY_MS) await context.store.sessions.recordUse(found.session.id, now);
  return found;
}

/** A person who just proved who they are, and how. */
export interface ProvedPerson {
  readonly user: User;
  /** Who was signed in here before. */
  readonly before?: SignedIn;
  readonly origin: RequestOrigin;
  /** Without it: by a password alone. */
  readonly proof?: Assurance;
}

export interface StartedSession {
  /** For the cookie; it is not stored. */
  readonly secret: string;
  readonly session: Session;
}

type Needs = Pick<Context, 'store' | 'hashing' | 'clock' | 'random' | 'settings'>;

/**
 * Starts the session of a person who just proved who they are. The secret is always new. The same person keeps the session's
 * id, so that other applications stay signed in; another person ends the old session.
 */
// @check 50, 84
export async function startSession(
  { user, before, origin, proof = PASSWORD_ALONE }: ProvedPerson,
  context: Needs,
): Promise<StartedSession> {
  const now = context.clock.now();
  const { secret, secretHash } = newSecret(context);
  const proved = {
    secretHash,
    authTime: now,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + context.settings['sessions.lifetime'] * 1000),
    acr: proof.acr,
    amr: proof.amr,
  };
  if (before && before.user.id === user.id) {
    await context.store.sessions.renew(before.session.id, proved);
    return { secret, session: { ...before.session, ...proved } };
  }
  if (before) await context.store.sessions.end({ id: before.session.id }, now);
  const session: Session = {
    id: context.random.uuid() as SessionId,
    userId: user.id,
    loginEpoch: user.loginEpoch,
    createdAt: now,
    ...(origin.ip !== undefined && { ip: origin.ip }),
    ...(origin.userAgent !== undefined && { userAgent: origin.userAgent }),
    ...proved,
  };
  if (!(await context.store.sessions.add(session))) throw loginEnded();
  return { secret, session };
}

/**
 * Gives a session a new secret, because what it is worth has changed: a new password, a second factor. It is no new sign-in, so
 * when the person proved who they are stays. Answers the secret.
 */
export async function regenerateSession(
  { session }: Pick<SignedIn, 'session'>,
  proof: Assurance,
  context: Needs,
): Promise<string> {
  const { secret, secretHash } = newSecret(context);
  const { authTime, expiresAt } = session;
  const change = { secretHash, authTime, expiresAt, lastSeenAt: context.clock.now(), acr: proof.acr, amr: proof.amr };
  await context.store.sessions.renew(session.id, change);
  return secret;
}

function newSecret(context: Pick<Context, 'random' | 'hashing'>): {
  readonly secret: string;
  readonly secretHash: TokenHash;
} {
  const secret = context.random.bytes(32).toString('base64url');
  return { secret, secretHash: context.hashing.tokenHash(secret) };
}
