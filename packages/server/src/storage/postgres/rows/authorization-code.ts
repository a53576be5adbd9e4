import type { ClientId, GrantId, TokenHash } from '@authly/oauth';
import type { AuthorizationCode } from '../../../model/tokens/authorization-code.js';
import { text } from '../sql.js';

/** Columns of `authorization_codes c`. */
export const CODE = text`
  c.code_hash as c_code_hash, c.grant_id as c_grant_id, c.client_id as c_client_id, c.redirect_uri as c_redirect_uri,
  c.code_challenge as c_code_challenge, c.nonce as c_nonce, c.created_at as c_created_at, c.expires_at as c_expires_at,
  c.redeemed_at as c_redeemed_at, c.bound_to as c_bound_to`;

export interface CodeRow {
  readonly c_code_hash: TokenHash;
  readonly c_grant_id: GrantId;
  readonly c_client_id: ClientId;
  readonly c_redirect_uri: string | null;
  readonly c_code_challenge: string | null;
  readonly c_nonce: string | null;
  readonly c_created_at: Date;
  readonly c_expires_at: Date;
  readonly c_redeemed_at: Date | null;
  readonly c_bound_to: string | null;
}

export function toCode(row: CodeRow): AuthorizationCode {
  return {
    hash: row.c_code_hash,
    grantId: row.c_grant_id,
    clientId: row.c_client_id,
    redirectUri: row.c_redirect_uri ?? undefined,
    codeChallenge: row.c_code_challenge ?? undefined,
    nonce: row.c_nonce ?? undefined,
    createdAt: row.c_created_at,
    expiresAt: row.c_expires_at,
    redeemedAt: row.c_redeemed_at ?? undefined,
    boundTo: row.c_bound_to ?? undefined,
  };
}

export const CODE_COLUMNS = text`
  code_hash, grant_id, client_id, redirect_uri, code_challenge, nonce, bound_to, created_at, expires_at`;

/** The names and types under which `codeRecord` goes to `json_to_recordset`. */
export const CODE_RECORD = text`
  code_hash text, grant_id uuid, client_id text, redirect_uri text, code_challenge text, nonce text, bound_to text,
  created_at timestamptz, expires_at timestamptz`;

/** A new code as a row. */
export function codeRecord(code: AuthorizationCode): object {
  return {
    code_hash: code.hash,
    grant_id: code.grantId,
    client_id: code.clientId,
    redirect_uri: code.redirectUri,
    code_challenge: code.codeChallenge,
    nonce: code.nonce,
    bound_to: code.boundTo,
    created_at: code.createdAt,
    expires_at: code.expiresAt,
  };
}
