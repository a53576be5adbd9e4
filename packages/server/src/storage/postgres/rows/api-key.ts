import type { ClientId, TokenHash, UserId } from '@authly/oauth';
import type { ApiKey } from '../../../model/people/api-key.js';
import { text } from '../sql.js';

/** Columns of `api_keys k`. */
export const API_KEY = text`
  k.id as k_id, k.key_hash as k_key_hash, k.hint as k_hint, k.name as k_name, k.user_id as k_user_id,
  k.client_id as k_client_id, k.scopes as k_scopes, k.created_at as k_created_at, k.created_by as k_created_by,
  k.expires_at as k_expires_at, k.last_used_at as k_last_used_at, k.last_used_ip as k_last_used_ip,
  k.revoked_at as k_revoked_at, k.rotated_from as k_rotated_from`;

export interface ApiKeyRow {
  readonly k_id: string;
  readonly k_key_hash: TokenHash;
  readonly k_hint: string;
  readonly k_name: string;
  readonly k_user_id: UserId | null;
  readonly k_client_id: ClientId | null;
  readonly k_scopes: string[];
  readonly k_created_at: Date;
  readonly k_created_by: string | null;
  readonly k_expires_at: Date | null;
  readonly k_last_used_at: Date | null;
  readonly k_last_used_ip: string | null;
  readonly k_revoked_at: Date | null;
  readonly k_rotated_from: string | null;
}

export function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.k_id,
    hash: row.k_key_hash,
    hint: row.k_hint,
    name: row.k_name,
    userId: row.k_user_id ?? undefined,
    clientId: row.k_client_id ?? undefined,
    scopes: row.k_scopes,
    createdAt: row.k_created_at,
    createdBy: row.k_created_by ?? undefined,
    expiresAt: row.k_expires_at ?? undefined,
    lastUsedAt: row.k_last_used_at ?? undefined,
    lastUsedIp: row.k_last_used_ip ?? undefined,
    revokedAt: row.k_revoked_at ?? undefined,
    rotatedFrom: row.k_rotated_from ?? undefined,
  };
}
