import type { Reply } from '@authly/admin-api';
import { formatScope } from '@authly/oauth';
import { type ApiKey, isApiKeyLive } from '../../../model/people/api-key.js';
import { iso, isoOrNull } from './time.js';

/** An API key without the key. */
export function apiKeyReply(key: ApiKey, ownerName: string, now: Date): Reply<'getApiKey'> {
  return {
    id: key.id,
    name: key.name,
    hint: key.hint,
    scope: formatScope(key.scopes),
    scopes: [...key.scopes],
    owner: {
      type: key.userId === undefined ? 'client' : 'user',
      id: key.userId ?? key.clientId ?? '',
      name: ownerName,
    },
    is_active: isApiKeyLive(key, now),
    created_at: iso(key.createdAt),
    created_by: key.createdBy ?? null,
    expires_at: isoOrNull(key.expiresAt),
    last_used_at: isoOrNull(key.lastUsedAt),
    last_used_ip: key.lastUsedIp ?? null,
    revoked_at: isoOrNull(key.revokedAt),
    rotated_from: key.rotatedFrom ?? null,
  };
}
