import { AdminRefusal, invalid } from '../../admin/refusal.js';
import { changeUser } from '../../admin/users/change-user.js';
import { findUser } from '../../admin/users/find-user.js';
import { removeUser } from '../../admin/users/remove-user.js';
import { register } from '../../identity/accounts/register.js';
import { weakPasswordSentence } from '../../identity/factors/password/strength.js';
import type { Handlers } from '../admin/operation.js';
import { accountReply } from '../admin/wire/user.js';

/** `/api/v1/users`: registration, and an older, smaller way to look after accounts; the rules are those of the admin API. */
export const accountHandlers: Handlers<
  | 'registerAccount'
  | 'getMyAccount'
  | 'listAccounts'
  | 'getAccount'
  | 'updateAccount'
  | 'deleteAccount'
  | 'verifyAccount'
> = {
  async registerAccount({ body, origin }, { context }) {
    if (!context.settings['registration.enabled'])
      throw new AdminRefusal('PROTECTED', 'Registration is switched off; ask an administrator for an account', {
        status: 403,
      });
    const { username, email, password } = body;
    const result = await register({ username, email, password, origin }, context);
    switch (result.kind) {
      case 'registered':
        return { reply: accountReply(result.user) };
      case 'weak':
        throw invalid([{ field: 'password', message: weakPasswordSentence(result.code, context) }]);
      case 'taken':
        throw refuseTaken('username', 'registered');
    }
  },

  async getMyAccount({ actor }) {
    return { reply: accountReply(actor.user) };
  },

  async listAccounts({ query }, { context }) {
    const page = await context.store.admin.users.page({}, query);
    return { reply: page.users.map(accountReply), total: page.total };
  },

  async getAccount({ params }, { context }) {
    const user = await findUser(params.user_id, context);
    return { reply: accountReply(user), version: user.version };
  },

  async updateAccount({ params, body, actor, ifVersion }, { context }) {
    const { username, email, password, is_admin: isAdmin } = body;
    const fields = (['username', 'email', 'password', 'is_admin'] as const).filter((name) => body[name] !== undefined);
    const change = { username, email, password, isAdmin };
    const request = { userId: params.user_id, change, clear: [], fields, ifVersion, taken: takenHere };
    const user = await changeUser(request, actor, context);
    return { reply: accountReply(user), version: user.version };
  },

  async deleteAccount({ params, actor, ifVersion }, { context }) {
    await removeUser({ userId: params.user_id, ifVersion }, actor, context);
    return { reply: undefined };
  },

  async verifyAccount({ params, actor }, { context }) {
    const request = { userId: params.user_id, change: { isVerified: true }, clear: [], fields: ['is_verified'] };
    const user = await changeUser({ ...request, ifVersion: undefined, taken: takenHere }, actor, context);
    return { reply: accountReply(user) };
  },
};

/** Existing callers of these addresses look for 400 and these words. @spec surface §1.10 */
function takenHere(field: 'username' | 'email'): AdminRefusal {
  return refuseTaken(field, 'taken');
}

function refuseTaken(field: 'username' | 'email', word: string): AdminRefusal {
  const message = `${field === 'username' ? 'Username' : 'Email'} already ${word}`;
  return new AdminRefusal('ALREADY_EXISTS', message, { status: 400, errors: [{ field, message }] });
}
