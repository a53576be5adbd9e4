import type { ClientId, GrantId, TokenHash, UserId } from '@authly/oauth';
import type { AccessToken } from '../../../model/tokens/access-token.js';
import { wholeSeconds } from '../../whole-seconds.js';
import { text } from '../sql.js';

/** Columns of `access_tokens t`. */
export const ACCESS_TOKEN = text`
  t.jti as t_jti, t.expires_at as t_expires_at, t.token_hash as t_token_hash, t.grant_id as t_grant_id,
  t.client_id as t_client_id, t.user_id as t_user_id, t.scopes as t_scopes, t.issued_at as t_issued_at,
  t.revoked_at as t_revoked_at`;

export interface AccessTokenRow {
  readonly t_jti: string;
  readonly t_expires_at: Date;
  readonly t_token_hash: TokenHash;
  readonly t_grant_id: GrantId | null;
  readonly t_client_id: ClientId;
  readonly t_user_id: UserId | null;
  readonly t_scopes: string[];
  readonly t_issued_at: Date;
  readonly t_revoked_at: Date | null;
}

export function toAccessToken(row: AccessTokenRow): AccessToken {
  return {
    jti: row.t_jti,
    hash: row.t_token_hash,
    grantId: row.t_grant_id ?? undefined,
    clientId: row.t_client_id,
    userId: row.t_user_id ?? undefined,
    scopes: row.t_scopes,
    issuedAt: row.t_issued_at,
    expiresAt: row.t_expires_at,
    revokedAt: row.t_revoked_at ?? undefined,
  };
}

/** Columns that a new record has. */
export const ACCESS_TOKEN_COLUMNS = text`
  jti, expires_at, token_hash, grant_id, client_id, user_id, scopes, issued_at`;

/** The names and types under which `accessTokenRecord` goes to `json_to_recordset`. */
export const ACCESS_TOKEN_RECORD = text`
  jti text, expires_at timestamptz, token_hash text, grant_id uuid, client_id text, user_id uuid, scopes text[],
  issued_at timestamptz`;

/** A new record as a row; new tokens are not revoked. */
export function accessTokenRecord(token: AccessToken): object {
  return {
    jti: token.jti,
    expires_at: wholeSeconds(token.expiresAt),
    token_hash: token.hash,
    grant_id: token.grantId,
    client_id: token.clientId,
    user_id: token.userId,
    scopes: token.scopes,
    issued_at: token.issuedAt,
  };
}
