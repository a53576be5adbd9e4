/**
 * What of Authly's own tables callers may read: nothing that is a secret, the hash of one, or sealed. A table or column that is not listed is closed,
 * so that a new one brings no hole. Nobody writes to them.
 */
export const OPEN_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  users: [
    'id',
    'username',
    'email',
    'created_at',
    'updated_at',
    'last_login',
    'is_active',
    'is_verified',
    'is_admin',
    'self_registered',
    'requires_password_change',
  ],
  oauth_scopes: ['id', 'scope_name', 'description', 'is_default', 'is_active', 'is_system', 'created_at', 'updated_at'],
  oauth_clients: [
    'id',
    'client_id',
    'client_name',
    'client_type',
    'is_active',
    'is_system',
    'is_first_party',
    'scopes',
    'created_at',
    'updated_at',
  ],
  consents: ['user_id', 'client_id', 'scopes', 'granted_at'],
  grants: [
    'id',
    'client_id',
    'user_id',
    'scopes',
    'method',
    'created_at',
    'expires_at',
    'revoked_at',
    'revoked_reason',
  ],
  sessions: ['user_id', 'created_at', 'auth_time', 'last_seen_at', 'expires_at', 'ended_at', 'acr', 'amr'],
  access_tokens: ['expires_at', 'client_id', 'user_id', 'scopes', 'issued_at', 'revoked_at'],
  api_keys: ['id', 'name', 'user_id', 'client_id', 'scopes', 'created_at', 'expires_at', 'last_used_at', 'revoked_at'],
  audit_events: ['seq', 'at', 'action', 'outcome', 'actor_type', 'actor_name', 'client_id', 'target_type', 'target_id'],
};

/** The table by which Authly's schema is known. */
export const AUTHLYS_TABLE = 'oauth_clients';

/** What helps whoever asked for a column of Authly's that is closed. */
export function hintOfDenial(message: string): string | undefined {
  const table = /^permission denied for table (\w+)$/.exec(message)?.[1] ?? '';
  const open = Object.hasOwn(OPEN_COLUMNS, table) ? OPEN_COLUMNS[table] : undefined;
  return open && `Of Authly's table ${table} these columns are open: ${open.join(', ')}.`;
}
