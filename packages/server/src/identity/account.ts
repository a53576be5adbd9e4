import type { ClientId, SessionId } from '@authly/oauth';
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

/** Ends every session of the person but the one in which they ask for it. Answers how many ended. */
export async function endOtherSessions(
  { user, session }: SignedIn,
  origin: RequestOrigin,
  context: Needs,
): Promise<number> {
  return await context.store.transaction(async (tx) => {
    const count = await tx.sessions.end({ userId: user.id, except: session.id }, context.clock.now());
    if (count === 0) return count;
    tx.record(
      {
        action: 'session.ended',
        outcome: 'success',
        actor: { type: 'user', id: user.id, name: user.username },
        target: { type: 'user', id: user.id },
        details: { count },
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
