import { EVERY_KIND, revokeAll, revokeOne, revokeTokens, TOKENS } from '../../../admin/sessions/revoke-sessions.js';
import { findUser } from '../../../admin/users/find-user.js';
import type { TokenEntry } from '../../../ports/store/admin/token-list.js';
import type { Handlers } from '../operation.js';
import { pageInfo } from '../wire/page-info.js';
import { sessionReply } from '../wire/token-entry.js';

/** Browser sessions and tokens of one user. */
export const sessionHandlers: Handlers<
  'listUserSessions' | 'revokeUserSessions' | 'revokeUserSession' | 'listUserTokens' | 'revokeUserTokens'
> = {
  async listUserSessions({ params, query }, { context }) {
    const { id: userId } = await findUser(params.user_id, context);
    const { skip, limit, include_inactive: includeInactive } = query;
    const now = context.clock.now();
    const page = { skip, limit, includeInactive, now };
    const found = await context.store.admin.tokens.page({ userId, kinds: EVERY_KIND }, page);
    return {
      reply: {
        sessions: found.entries.map((entry) => sessionReply(entry, now)),
        total_count: found.total,
        active_count: found.activeAccess,
        page_info: pageInfo(page, found.total),
      },
    };
  },

  async revokeUserSessions({ params, actor }, { context }) {
    const { user, revoked, remaining } = await revokeAll(params.user_id, actor, context);
    return {
      reply: {
        user_id: user.id,
        username: user.username,
        revoked_sessions: revoked,
        active_sessions_remaining: remaining,
        message: `Revoked ${revoked} sessions`,
      },
    };
  },

  async revokeUserSession({ params, actor }, { context }) {
    const request = { userId: params.user_id, sessionId: params.session_id };
    const { user, entry } = await revokeOne(request, actor, context);
    return {
      reply: {
        user_id: user.id,
        username: user.username,
        session_id: entry.id,
        token_jti: entry.id,
        token_type: entry.kind,
        message: 'Session revoked',
      },
    };
  },

  async listUserTokens({ params, query }, { context }) {
    const { id: userId } = await findUser(params.user_id, context);
    const { skip, limit, include_inactive: includeInactive, client_id: clientId } = query;
    const now = context.clock.now();
    const kinds = query.token_type === undefined ? TOKENS : [query.token_type];
    const page = { skip, limit, includeInactive, now };
    const found = await context.store.admin.tokens.page({ userId, kinds, clientId }, page);
    return {
      reply: {
        tokens: found.entries.flatMap((entry) => {
          const { kind } = entry;
          return isToken(kind) ? [{ ...sessionReply(entry, now), token_type: kind }] : [];
        }),
        total_count: found.total,
        active_count: found.activeAccess,
        page_info: pageInfo(page, found.total),
      },
    };
  },

  async revokeUserTokens({ params, query, actor }, { context }) {
    const request = { userId: params.user_id, clientId: query.client_id };
    const { user, revoked } = await revokeTokens(request, actor, context);
    const message = `Revoked ${revoked} tokens`;
    return { reply: { user_id: user.id, username: user.username, revoked_tokens: revoked, message } };
  },
};

function isToken(kind: TokenEntry['kind']): kind is 'access' | 'refresh' {
  return kind !== 'session';
}
