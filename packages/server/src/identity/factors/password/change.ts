import type { SessionId } from '@authly/oauth';
import type { RequestOrigin } from '../../../model/audit-event.js';
import type { User } from '../../../model/people/user.js';
import type { Context } from '../../../ports/context.js';
import { tellOwner } from '../../notice.js';
import { limitEnding } from '../../places.js';
import { findPasswordProblem, type WeakPassword } from './strength.js';

export interface PasswordChange {
  readonly user: User;
  readonly currentPassword: string;
  readonly newPassword: string;
  /** The browser in which it is changed stays signed in; all others don't. */
  readonly keep?: SessionId;
  readonly origin: RequestOrigin;
}

export type PasswordChangeResult =
  | { readonly kind: 'changed' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'same' }
  | { readonly kind: 'weak'; readonly code: WeakPassword }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

const TRIES_PER_WINDOW = 10;

/** Changes a person's own password. Every other session and every token of theirs ends. */
export async function changePassword(
  change: PasswordChange,
  context: Pick<
    Context,
    'store' | 'passwords' | 'clock' | 'settings' | 'limiter' | 'audit' | 'hashing' | 'commonPasswords'
  >,
): Promise<PasswordChangeResult> {
  const { user, newPassword } = change;
  const from = change.keep === undefined ? change : { session: change.keep };
  const limit = await context.limiter.consume({
    key: `change-password:${user.id}${await limitEnding(user.id, from, context)}`,
    points: TRIES_PER_WINDOW,
    windowSeconds: 300,
  });
  if (!limit.allowed) return { kind: 'limited', retryAfterSeconds: limit.resetSeconds };
  const stored = await context.store.users.passwordHash(user.id);
  const right = await context.passwords.verify(stored, change.currentPassword);
  const actor = { type: 'user', id: user.id, name: user.username } as const;
  if (!right) {
    await context.audit.record(
      { action: 'password.changed', outcome: 'failure', actor, details: { reason: 'wrong' } },
      change.origin,
    );
    return { kind: 'wrong' };
  }
  if (newPassword === change.currentPassword) return { kind: 'same' };
  const code = await findPasswordProblem(newPassword, user, context);
  if (code !== undefined) return { kind: 'weak', code };
  const now = context.clock.now();
  const hash = await context.passwords.hash(newPassword);
  return await context.store.transaction(async (tx) => {
    const stillRight = await tx.users.setPassword(user.id, hash, { now, ifHash: stored });
    if (!stillRight) return { kind: 'wrong' };
    await tx.sessions.end({ userId: user.id, except: change.keep }, now, 'password_changed');
    await tx.grants.revoke({ userId: user.id }, 'password_changed', now);
    tx.record({ action: 'password.changed', outcome: 'success', actor }, change.origin);
    await tellOwner({ user, change: 'password_changed' }, tx, context);
    return { kind: 'changed' };
  });
}
