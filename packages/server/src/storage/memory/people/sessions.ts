import { isSessionLive, type Session } from '../../../model/session.js';
import type { SessionStore } from '../../../ports/store/sessions.js';
import { newestFirst, revokeGrants, type Tables } from '../tables.js';

export function sessions(tables: Tables): SessionStore {
  const all = tables.sessions;
  return {
    add: async (session) => {
      all.set(session.id, session);
    },
    findBySecret: async (hash) => {
      const session = [...all.values()].find((candidate) => candidate.secretHash === hash);
      const account = session === undefined ? undefined : tables.accounts.get(session.userId);
      return session === undefined || account === undefined ? undefined : { session, user: account.user };
    },
    find: async (id) => all.get(id),
    listOf: async (userId, { limit, offset, now }) => {
      const live = [...all.values()].filter((session) => session.userId === userId && isSessionLive(session, now));
      return newestFirst(live, (session) => session.id).slice(offset, offset + limit);
    },
    renew: async (id, change) => {
      const session = all.get(id);
      if (session !== undefined && session.endedAt === undefined) all.set(id, { ...session, ...change });
    },
    seen: async (id, now) => {
      const session = all.get(id);
      if (session !== undefined && session.lastSeenAt < now) all.set(id, { ...session, lastSeenAt: now });
    },
    end: async (which, now, reason = 'logout') => {
      const ended = [...all.values()].filter((session) => session.endedAt === undefined && isMeant(session, which));
      for (const session of ended) all.set(session.id, { ...session, endedAt: now });
      const ids = new Set(ended.map((session) => session.id));
      revokeGrants(tables, (grant) => !grant.offline && grant.sessionId !== undefined && ids.has(grant.sessionId), {
        reason,
        now,
      });
      return ended.filter((session) => session.expiresAt > now).length;
    },
  };
}

function isMeant(session: Session, which: Parameters<SessionStore['end']>[0]): boolean {
  return 'id' in which ? session.id === which.id : session.userId === which.userId && session.id !== which.except;
}
