import type { Reply } from '@authly/admin-api';
import { formatScope } from '@authly/oauth';
import { isEntryActive, type TokenEntry } from '../../../ports/store/admin/token-list.js';
import { iso, isoOrNull } from './time.js';

/** A browser session or a token; never a secret. */
export function sessionReply(entry: TokenEntry, now: Date): Reply<'listUserSessions'>['sessions'][number] {
  return {
    session_id: entry.id,
    token_jti: entry.id,
    token_type: entry.kind,
    created_at: iso(entry.createdAt),
    expires_at: iso(entry.expiresAt),
    last_activity: iso(entry.lastActivityAt),
    is_active: isEntryActive(entry, now),
    client_id: entry.clientId ?? null,
    scope: entry.scopes === undefined ? null : formatScope(entry.scopes),
    is_expired: entry.expiresAt <= now,
    is_invalidated: entry.endedAt !== undefined,
    invalidated_at: isoOrNull(entry.endedAt),
    ip: entry.ip ?? null,
    user_agent: entry.userAgent ?? null,
  };
}
