import type { ClientId, SessionId, UserId } from '@authly/oauth';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import type { Transaction } from '../../ports/store/transaction.js';
import {
  isEntryActive,
  type TokenEntry,
  type TokenKind,
  type TokenListStore,
} from '../../ports/store/admin/token-list.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal } from '../refusal.js';
import { endEverything } from '../users/change-user.js';
import { findUser } from '../users/find-user.js';

type Needs = Pick<Context, 'store' | 'clock'>;

export const EVERY_KIND: readonly TokenKind[] = ['session', 'access', 'refresh'];
export const TOKENS: readonly TokenKind[] = ['access', 'refresh'];

/** How many browser sessions and tokens of a person work now. */
export function countEverything(
  userId: UserId,
  { store, clock }: Pick<Context, 'clock'> & { readonly store: CountingStore },
): Promise<number> {
  return store.admin.tokens.countActive({ userId, kinds: EVERY_KIND }, clock.now());
}

interface CountingStore {
  readonly admin: { readonly tokens: Pick<TokenListStore, 'countActive'> };
}

/** Signs a person out everywhere. */
export async function revokeAll(
  userId: string,
  actor: Actor,
  context: Needs,
): Promise<{ readonly user: User; readonly revoked: number; readonly remaining: number }> {
  const user = await findUser(userId, context);
  const { clock } = context;
  return await context.store.transaction(async (tx) => {
    const revoked = await countEverything(user.id, { store: tx, clock });
    await endEverything(user.id, { reason: 'revoked_by_admin', now: clock.now() }, tx);
    const remaining = await countEverything(user.id, { store: tx, clock });
    recordChange(
      actor,
      { action: 'user.sessions_revoked', target: { type: 'user', id: user.id }, details: { revoked } },
      tx,
    );
    return { user, revoked, remaining };
  });
}

/** Revokes the tokens of a person, all or those of one client. */
export async function revokeTokens(
  request: { readonly userId: string; readonly clientId?: string },
  actor: Actor,
  context: Needs,
): Promise<{ readonly user: User; readonly revoked: number }> {
  const user = await findUser(request.userId, context);
  const clientId = request.clientId as ClientId | undefined;
  const now = context.clock.now();
  const which = { userId: user.id, kinds: TOKENS, clientId };
  return await context.store.transaction(async (tx) => {
    const revoked = await tx.admin.tokens.countActive(which, now);
    await tx.grants.revoke({ userId: user.id, clientId }, 'revoked_by_admin', now);
    recordChange(
      actor,
      {
        action: 'user.tokens_revoked',
        target: { type: 'user', id: user.id },
        details: { revoked, ...(clientId !== undefined && { client_id: clientId }) },
      },
      tx,
    );
    return { user, revoked };
  });
}

/** Ends one browser session, or revokes one token; a refresh token takes its family with it. */
export async function revokeOne(
  request: { readonly userId: string; readonly sessionId: string },
  actor: Actor,
  context: Needs,
): Promise<{ readonly user: User; readonly entry: TokenEntry }> {
  const user = await findUser(request.userId, context);
  const entry = await context.store.admin.tokens.find(request.sessionId);
  if (!entry) throw new AdminRefusal('SESSION_NOT_FOUND', 'Session not found');
  if (entry.userId !== user.id) throw new AdminRefusal('INVALID_REQUEST', 'The session does not belong to this user');
  const now = context.clock.now();
  if (!isEntryActive(entry, now)) throw new AdminRefusal('INVALID_REQUEST', 'The session has ended already');
  await context.store.transaction(async (tx) => {
    await end(entry, now, tx);
    recordChange(
      actor,
      {
        action: 'user.session_revoked',
        target: { type: 'user', id: user.id },
        details: { session_id: entry.id, kind: entry.kind },
      },
      tx,
    );
  });
  return { user, entry };
}

async function end(entry: TokenEntry, now: Date, tx: Transaction): Promise<void> {
  switch (entry.kind) {
    case 'session':
      await tx.sessions.end({ id: entry.id as SessionId }, now, 'revoked_by_admin');
      return;
    case 'access':
      await tx.accessTokens.revoke(entry.id, entry.expiresAt, now);
      return;
    case 'refresh':
      if (entry.grantId === undefined) throw new Error('a refresh token without a grant');
      await tx.grants.revoke({ id: entry.grantId }, 'revoked_by_admin', now);
  }
}
