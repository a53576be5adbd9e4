import type { ClientId, GrantId, SessionId } from '@authly/oauth';
import type { RequestOrigin } from '../model/audit-event.js';
import type { Context } from '../ports/context.js';
import type { SignedIn } from './browser-session.js';

type Needs = Pick<Context, 'store' | 'clock'>;

/** Ends another session of the same person; false when there is none. A session of somebody else is none. */
export async function endOwnSession(
  id: SessionId,
  { user }: SignedIn,
  origin: RequestOrigin,
  context: Needs,
): Promise<boolean> {
  const session = await context.store.sessions.find(id);
  if (session?.userId !== user.id || session.endedAt !== undefined) return false;
  await context.store.transaction(async (tx) => {
    await tx.sessions.end({ id }, context.clock.now());
    tx.record(
      {
        action: 'session.ended',
        outcome: 'success',
        actor: { type: 'user', id: user.id, name: user.username },
        target: { type: 'session', id },
      },
      origin,
    );
  });
  return true;
}

/** Ends the login of a program of the same person; false when there is none. */
export async function endProgramLogin(
  grantId: GrantId,
  { user }: SignedIn,
  origin: RequestOrigin,
  context: Needs,
): Promise<boolean> {
  return await context.store.transaction(async (tx) => {
    const ended = await tx.programLogins.end({ userId: user.id, grantId }, context.clock.now());
    if (ended === 0) return false;
    tx.record(
      {
        action: 'session.ended',
        outcome: 'success',
        actor: { type: 'user', id: user.id, name: user.username },
        target: { type: 'grant', id: grantId },
      },
      origin,
    );
    return true;
  });
}

/** Ends every session of the person but the one in which they ask for it, and every login of a program. Answers how many ended. */
export async function endOtherSessions(
  { user, session }: SignedIn,
  origin: RequestOrigin,
  context: Needs,
): Promise<number> {
  return await context.store.transaction(async (tx) => {
    const now = context.clock.now();
    const browsers = await tx.sessions.end({ userId: user.id, except: session.id }, now);
    const programs = await tx.programLogins.end({ userId: user.id }, now);
    const count = browsers + programs;
    if (count === 0) return count;
    tx.record(
      {
        action: 'session.ended',
        outcome: 'success',
        actor: { type: 'user', id: user.id, name: user.username },
        target: { type: 'user', id: user.id },
        details: { count, programs },
      },
      origin,
    );
    return count;
  });
}

/** Takes an application's access back: the consent is forgotten and every token of it dies. */
export async function withdrawConsent(
  clientId: ClientId,
  { user }: SignedIn,
  origin: RequestOrigin,
  context: Needs,
): Promise<boolean> {
  return await context.store.transaction(async (tx) => {
    const withdrawn = await tx.consents.withdraw(user.id, clientId, context.clock.now());
    if (!withdrawn) return false;
    tx.record(
      {
        action: 'consent.withdrawn',
        outcome: 'success',
        actor: { type: 'user', id: user.id, name: user.username },
        clientId,
        target: { type: 'client', id: clientId },
      },
      origin,
    );
    return true;
  });
}
