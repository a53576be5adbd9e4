import type { Reply } from '@authly/admin-api/client';
import type { Field } from '../../output.js';
import { utc } from '../../terminal/time.js';

/** What an API key shows of itself; never the key. */
export type ApiKey = Reply<'getApiKey'>;

export function apiKeyFields(key: ApiKey, shown?: string): readonly Field[] {
  return [
    ['ID', key.id],
    ['API Key', shown],
    ['Name', key.name],
    ['Owner', `${key.owner.type} ${key.owner.name}`],
    ['Scopes', key.scopes.join(', ')],
    ['Expires', key.expires_at === null ? 'never' : utc(key.expires_at)],
    ['Status', apiKeyStatus(key)],
  ];
}

export function apiKeyStatus(key: Pick<ApiKey, 'is_active' | 'revoked_at'>): string {
  if (key.is_active) return 'active';
  return key.revoked_at === null ? 'expired' : 'revoked';
}
