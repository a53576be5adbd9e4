import type { Received, Reply } from '@authly/admin-api';
import { openCursor, sealCursor } from '../../../admin/page-cursor.js';
import { invalid } from '../../../admin/refusal.js';
import { countEverything } from '../../../admin/sessions/revoke-sessions.js';
import { changeUser } from '../../../admin/users/change-user.js';
import { createUser, takenByAnother } from '../../../admin/users/create-user.js';
import { findUser } from '../../../admin/users/find-user.js';
import { lockedUntil, unlockUser } from '../../../admin/users/lockout.js';
import { readProfileChange } from '../../../admin/users/profile-changes.js';
import { removeUser } from '../../../admin/users/remove-user.js';
import { resetPassword } from '../../../admin/users/reset-password.js';
import { resetSecondFactor } from '../../../admin/users/reset-second-factor.js';
import { secondFactorMethods } from '../../../identity/second-factor/check.js';
import type { User } from '../../../model/people/user.js';
import type { Context } from '../../../ports/context.js';
import type { UserFilter, UserPlace } from '../../../ports/store/admin/user-list.js';
import type { Handlers } from '../operation.js';
import { pageInfo } from '../wire/page-info.js';
import { isoOrNull } from '../wire/time.js';
import { userReply } from '../wire/user.js';

/** People's accounts. */
export const userHandlers: Handlers<
  | 'listUsers'
  | 'createUser'
  | 'getUser'
  | 'updateUser'
  | 'deleteUser'
  | 'resetPassword'
  | 'resetSecondFactor'
  | 'unlockUser'
  | 'verifyUser'
> = {
  async listUsers({ query }, { context }) {
    const { skip, limit, cursor, ...filters } = query;
    const filter = filterOf(filters);
    const owner = { list: 'user', filter };
    if (cursor !== undefined && skip > 0) throw invalid([{ field: 'skip', message: 'Give either skip or cursor' }]);
    const after = cursor === undefined ? undefined : placeOf(openCursor(cursor, owner, context));
    const page = await context.store.admin.users.page(filter, { after, skip, limit });
    const applied = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
    return {
      reply: {
        users: page.users.map(userReply),
        total_count: page.total,
        total_is_exact: page.isExact,
        next_cursor: page.next ? sealCursor(`${page.next.createdAt} ${page.next.id}`, owner, context) : null,
        page_info: { ...pageInfo({ skip, limit }, page.total), has_next: page.next !== undefined },
        filters_applied: Object.keys(applied).length === 0 ? null : applied,
      },
    };
  },

  async createUser({ body, actor }, { context }) {
    if (body.password !== undefined && body.generate_temp_password)
      throw invalid([{ field: 'password', message: 'Give either password or generate_temp_password' }]);
    const { user, temporaryPassword } = await createUser(
      {
        username: body.username,
        email: body.email,
        password: body.password,
        isActive: body.is_active,
        isVerified: body.is_verified,
        isAdmin: body.is_admin,
        requiresPasswordChange: body.requires_password_change,
        profile: readProfileChange(body).profile,
      },
      {
        actor: { type: 'user', id: actor.user.id, name: actor.user.username },
        clientId: actor.token.clientId,
        origin: actor.origin,
      },
      context,
    );
    const reply = { ...userReply(user), active_sessions: 0, mfa_enabled: false, locked_until: null };
    return { reply: { ...reply, temporary_password: temporaryPassword ?? null }, version: user.version };
  },

  async getUser({ params }, { context }) {
    return detail(await findUser(params.user_id, context), context);
  },

  async updateUser({ params, body, actor, ifVersion }, { context }) {
    const { profile, clear, fields } = readProfileChange(body);
    const own = {
      username: body.username,
      email: body.email,
      password: body.password,
      isActive: body.is_active,
      isVerified: body.is_verified,
      isAdmin: body.is_admin,
      requiresPasswordChange: body.requires_password_change,
    };
    const user = await changeUser(
      {
        userId: params.user_id,
        change: { ...own, profile },
        clear,
        fields: [...ACCOUNT_FIELDS.filter((field) => body[field] !== undefined), ...fields],
        ifVersion,
        taken: takenByAnother,
      },
      actor,
      context,
    );
    return detail(user, context);
  },

  async deleteUser({ params, actor, ifVersion }, { context }) {
    await removeUser({ userId: params.user_id, ifVersion }, actor, context);
    return { reply: undefined };
  },

  async resetPassword({ params, actor }, { context }) {
    const { user, password, ended } = await resetPassword(params.user_id, actor, context);
    return {
      reply: {
        user_id: user.id,
        username: user.username,
        temporary_password: password,
        requires_password_change: true,
        invalidated_sessions: ended,
        message: 'Password reset; the temporary password is shown this one time',
      },
    };
  },

  async resetSecondFactor({ params, actor }, { context }) {
    const { user, wasEnabled } = await resetSecondFactor(params.user_id, actor, context);
    const message = wasEnabled ? 'Second factor removed' : 'User had no second factor';
    return { reply: { user_id: user.id, username: user.username, was_enabled: wasEnabled, message } };
  },

  async unlockUser({ params, actor }, { context }) {
    const { user, wasLocked } = await unlockUser(params.user_id, actor, context);
    const message = wasLocked ? 'Account unlocked' : 'Account was not locked';
    return { reply: { user_id: user.id, username: user.username, was_locked: wasLocked, message } };
  },

  async verifyUser({ params, actor }, { context }) {
    const change = { userId: params.user_id, change: { isVerified: true }, clear: [], fields: ['is_verified'] };
    return detail(
      await changeUser({ ...change, ifVersion: undefined, taken: takenByAnother }, actor, context),
      context,
    );
  },
};

const ACCOUNT_FIELDS = [
  'username',
  'email',
  'password',
  'is_active',
  'is_verified',
  'is_admin',
  'requires_password_change',
] as const;

async function detail(
  user: User,
  context: Context,
): Promise<{ readonly reply: Reply<'getUser'>; readonly version: number }> {
  const [active, locked, methods] = await Promise.all([
    countEverything(user.id, context),
    lockedUntil(user, context),
    secondFactorMethods(user.id, context),
  ]);
  return {
    reply: {
      ...userReply(user),
      active_sessions: active,
      mfa_enabled: methods.length > 0,
      locked_until: isoOrNull(locked),
    },
    version: user.version,
  };
}

/** A time as the database writes it, which holds a space, and an id, which holds none. */
function placeOf(cursor: string): UserPlace {
  const end = cursor.lastIndexOf(' ');
  return { createdAt: cursor.slice(0, end), id: cursor.slice(end + 1) };
}

function filterOf(query: Omit<Received<'listUsers'>['query'], 'skip' | 'limit' | 'cursor'>): UserFilter {
  return {
    words: query.search?.split(/\s+/).filter((word) => word !== ''),
    username: query.username,
    email: query.email,
    givenName: query.given_name,
    familyName: query.family_name,
    locale: query.locale,
    zoneinfo: query.zoneinfo,
    isActive: query.is_active,
    isVerified: query.is_verified,
    isAdmin: query.is_admin,
    requiresPasswordChange: query.requires_password_change,
    createdAfter: time(query.created_after),
    createdBefore: time(query.created_before),
    lastLoginAfter: time(query.last_login_after),
    lastLoginBefore: time(query.last_login_before),
  };
}

function time(value: string | undefined): Date | undefined {
  return value === undefined ? undefined : new Date(value);
}
