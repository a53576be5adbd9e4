import { AdminRefusal, invalid } from '../../admin/refusal.js';
import { countEverything } from '../../admin/sessions/revoke-sessions.js';
import { endEverything } from '../../admin/users/change-user.js';
import { changePassword } from '../../identity/factors/password/change.js';
import { weakPasswordSentence } from '../../identity/factors/password/strength.js';
import type { Handlers } from '../admin/operation.js';

/** `/api/v1/auth`: what people do with their own account. @spec surface §1.9 */
export const ownAccountHandlers: Handlers<'logout' | 'changePassword' | 'getPasswordStatus'> = {
  async logout({ actor, origin }, { context }) {
    const { user } = actor;
    const { clock } = context;
    const ended = await context.store.transaction(async (tx) => {
      const count = await countEverything(user.id, { store: tx, clock });
      await endEverything(user.id, { reason: 'logout', now: clock.now() }, tx);
      tx.record(
        {
          action: 'logout',
          outcome: 'success',
          actor: { type: 'user', id: user.id, name: user.username },
          ...(actor.token.clientId !== undefined && { clientId: actor.token.clientId }),
          details: { everywhere: true, ended: count },
        },
        origin,
      );
      return count;
    });
    return { reply: { message: 'Successfully logged out', invalidated_tokens: ended } };
  },

  async changePassword({ actor, body, origin }, { context }) {
    const { current_password: currentPassword, new_password: newPassword } = body;
    const result = await changePassword({ user: actor.user, currentPassword, newPassword, origin }, context);
    switch (result.kind) {
      case 'changed':
        return { reply: { message: 'Password changed successfully', requires_password_change: false } };
      case 'wrong':
        throw new AdminRefusal('INVALID_CREDENTIALS', 'Current password is incorrect');
      case 'same':
        throw invalid([{ field: 'new_password', message: 'New password must be different from current password' }]);
      case 'weak':
        throw invalid([{ field: 'new_password', message: weakPasswordSentence(result.code, context) }]);
      case 'limited':
        throw new AdminRefusal('RATE_LIMITED', 'Too many attempts. Wait, then try again.', {
          headers: { 'Retry-After': String(Math.max(1, Math.ceil(result.retryAfterSeconds))) },
        });
    }
  },

  async getPasswordStatus({ actor }) {
    const { requiresPasswordChange, username } = actor.user;
    return { reply: { requires_password_change: requiresPasswordChange, username } };
  },
};
