import type { UserId } from '@authly/oauth';
import type { AuditAction } from '../../model/audit-action.js';
import type { RevocationReason } from '../../model/tokens/grant.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import type { Transaction } from '../../ports/store/transaction.js';
import type { OptionalProfileField, UserChange } from '../../ports/store/people/users.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal, refuseStale } from '../refusal.js';
import { checkPassword } from './create-user.js';
import { findUser, userNotFound } from './find-user.js';
import { checkPreferredName } from './preferred-name.js';

export interface UserChangeRequest {
  readonly userId: string;
  readonly change: Omit<UserChange, 'passwordHash'> & { readonly password?: string };
  readonly clear: readonly OptionalProfileField[];
  /** The names of the fields, as the caller knows them, for the audit log. */
  readonly fields: readonly string[];
  readonly ifVersion: number | undefined;
  /** What a taken name is called to this caller. */
  readonly taken: (field: 'username' | 'email') => AdminRefusal;
}

type Needs = Pick<Context, 'store' | 'clock' | 'passwords' | 'settings' | 'commonPasswords'>;

/**
 * Changes the given fields of an account and no others. The store decides about the last administrator, in one statement, so
 * that two requests at once cannot remove two.
 */
export async function changeUser(request: UserChangeRequest, actor: Actor, context: Needs): Promise<User> {
  const { password, ...change } = request.change;
  if (request.fields.length === 0) throw new AdminRefusal('INVALID_REQUEST', 'No valid fields to update');
  const before = await findUser(request.userId, context);
  if (before.id === actor.user.id && change.isAdmin === false)
    throw new AdminRefusal('SELF_DEMOTION', 'You cannot remove your own admin privileges');
  const person = {
    username: change.username ?? before.username,
    email: change.email ?? before.email,
    profile: { ...before.profile, ...change.profile },
  };
  if (password !== undefined) await checkPassword(password, person, context);
  await checkPreferredName(change.profile?.preferredUsername, before.id, context);
  const passwordHash = password === undefined ? undefined : await context.passwords.hash(password);
  const now = context.clock.now();
  return await context.store.transaction(async (tx) => {
    const options = { now, ifVersion: request.ifVersion, clear: request.clear };
    const after = await tx.users.change(before.id, { ...change, passwordHash }, options);
    if (typeof after === 'object' && 'taken' in after) throw request.taken(after.taken);
    switch (after) {
      case 'unknown':
        throw userNotFound();
      case 'stale':
        throw refuseStale('user');
      case 'last_admin':
        throw lastAdmin();
      default:
        // Whoever was signed in with the old password, or into an account that is switched off now, is signed out.
        if (!after.isActive) await endEverything(after.id, { reason: 'user_deactivated', now }, tx);
        else if (password !== undefined) await endEverything(after.id, { reason: 'password_changed', now }, tx);
        recordChange(
          actor,
          {
            action: actionOf(before, after),
            target: { type: 'user', id: after.id },
            details: { fields: request.fields, version: after.version, ...listFlips(before, after) },
          },
          tx,
        );
        return after;
    }
  });
}

export function lastAdmin(): AdminRefusal {
  return new AdminRefusal('LAST_ADMIN', 'The last active administrator cannot be removed, demoted or deactivated');
}

/**
 * Ends every browser session of a person, revokes every grant, and ends every API key. In this order, as everywhere, so that no two
 * deadlock.
 */
export async function endEverything(
  userId: UserId,
  { reason, now }: { readonly reason: RevocationReason; readonly now: Date },
  tx: Pick<Transaction, 'sessions' | 'grants' | 'apiKeys'>,
): Promise<void> {
  await tx.sessions.end({ userId }, now, reason);
  await tx.grants.revoke({ userId }, reason, now);
  await tx.apiKeys.revokeAll(userId, now);
}

function actionOf(before: User, after: User): AuditAction {
  if (before.isActive !== after.isActive) return after.isActive ? 'user.activated' : 'user.deactivated';
  return 'user.changed';
}

/** What changed about the powers of an account, worth reading in the log without looking further. */
function listFlips(before: User, after: User): Record<string, boolean> {
  return {
    ...(before.isAdmin !== after.isAdmin && { is_admin: after.isAdmin }),
    ...(before.isActive !== after.isActive && { is_active: after.isActive }),
    ...(before.isVerified !== after.isVerified && { is_verified: after.isVerified }),
  };
}
