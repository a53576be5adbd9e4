import type { ClientId, GrantId, GrantType, SessionId, UserId } from '@authly/oauth';
import type { ClaimsRequest } from '../../../model/tokens/claims-request.js';
import type { Grant, RevocationReason } from '../../../model/tokens/grant.js';
import { text } from '../sql.js';
import type { Outer } from './user.js';

/** Columns of `grants g`. */
export const GRANT = text`
  g.id as g_id, g.client_id as g_client_id, g.user_id as g_user_id, g.session_id as g_session_id, g.login_epoch as g_login_epoch, g.scopes as g_scopes,
  g.resources as g_resources, g.claims as g_claims, g.method as g_method, g.auth_time as g_auth_time, g.acr as g_acr,
  g.amr as g_amr, g.offline as g_offline, g.created_at as g_created_at, g.expires_at as g_expires_at,
  g.revoked_at as g_revoked_at, g.revoked_reason as g_revoked_reason`;

export interface GrantRow {
  readonly g_id: GrantId;
  readonly g_client_id: ClientId;
  readonly g_user_id: UserId | null;
  readonly g_session_id: SessionId | null;
  readonly g_login_epoch: number;
  readonly g_scopes: string[];
  readonly g_resources: string[];
  readonly g_claims: ClaimsRequest | null;
  readonly g_method: GrantType;
  readonly g_auth_time: Date | null;
  readonly g_acr: string | null;
  readonly g_amr: string[];
  readonly g_offline: boolean;
  readonly g_created_at: Date;
  readonly g_expires_at: Date;
  readonly g_revoked_at: Date | null;
  readonly g_revoked_reason: RevocationReason | null;
}

export function toGrant(row: GrantRow): Grant {
  return {
    id: row.g_id,
    clientId: row.g_client_id,
    userId: row.g_user_id ?? undefined,
    sessionId: row.g_session_id ?? undefined,
    loginEpoch: row.g_login_epoch,
    scopes: row.g_scopes,
    resources: row.g_resources,
    claims: row.g_claims ?? undefined,
    method: row.g_method,
    authTime: row.g_auth_time ?? undefined,
    acr: row.g_acr ?? undefined,
    amr: row.g_amr,
    offline: row.g_offline,
    createdAt: row.g_created_at,
    expiresAt: row.g_expires_at,
    revokedAt: row.g_revoked_at ?? undefined,
    revokedReason: row.g_revoked_reason ?? undefined,
  };
}

/** Of a left join: `undefined` when there is no such grant. */
export function toOptionalGrant(row: Outer<GrantRow>): Grant | undefined {
  return row.g_id === null ? undefined : toGrant(row as GrantRow);
}

/** The names and types under which `grantRecord` goes to `json_to_recordset`. */
export const GRANT_RECORD = text`
  id uuid, client_id text, user_id uuid, session_id uuid, login_epoch integer, scopes text[], resources text[], claims jsonb, method text,
  auth_time timestamptz, acr text, amr text[], offline boolean, created_at timestamptz, expires_at timestamptz`;

export const GRANT_COLUMNS = text`
  id, client_id, user_id, session_id, login_epoch, scopes, resources, claims, method, auth_time, acr, amr, offline, created_at,
  expires_at`;

/** A new grant as a row; new grants are not revoked. */
export function grantRecord(grant: Grant): object {
  return {
    id: grant.id,
    client_id: grant.clientId,
    user_id: grant.userId,
    session_id: grant.sessionId,
    login_epoch: grant.loginEpoch,
    scopes: grant.scopes,
    resources: grant.resources,
    claims: grant.claims,
    method: grant.method,
    auth_time: grant.authTime,
    acr: grant.acr,
    amr: grant.amr,
    offline: grant.offline,
    created_at: grant.createdAt,
    expires_at: grant.expiresAt,
  };
}
