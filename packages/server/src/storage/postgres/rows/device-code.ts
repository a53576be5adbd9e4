import type { ClientId, GrantId, TokenHash } from '@authly/oauth';
import type { DeviceCode, DeviceCodeStatus } from '../../../model/tokens/device-code.js';
import { text } from '../sql.js';

/** Columns of `device_codes d`. */
export const DEVICE_CODE = text`
  d.device_code_hash as d_hash, d.user_code as d_user_code, d.client_id as d_client_id, d.scopes as d_scopes,
  d.resources as d_resources, d.created_at as d_created_at, d.expires_at as d_expires_at,
  d.interval_seconds as d_interval_seconds, d.last_polled_at as d_last_polled_at, d.status as d_status,
  d.grant_id as d_grant_id, d.ip as d_ip, d.user_agent as d_user_agent`;

export interface DeviceCodeRow {
  readonly d_hash: TokenHash;
  readonly d_user_code: string;
  readonly d_client_id: ClientId;
  readonly d_scopes: string[];
  readonly d_resources: string[];
  readonly d_created_at: Date;
  readonly d_expires_at: Date;
  readonly d_interval_seconds: number;
  readonly d_last_polled_at: Date | null;
  readonly d_status: DeviceCodeStatus;
  readonly d_grant_id: GrantId | null;
  readonly d_ip: string | null;
  readonly d_user_agent: string | null;
}

export function toDeviceCode(row: DeviceCodeRow): DeviceCode {
  return {
    hash: row.d_hash,
    userCode: row.d_user_code,
    clientId: row.d_client_id,
    scopes: row.d_scopes,
    resources: row.d_resources,
    createdAt: row.d_created_at,
    expiresAt: row.d_expires_at,
    intervalSeconds: row.d_interval_seconds,
    lastPolledAt: row.d_last_polled_at ?? undefined,
    status: row.d_status,
    grantId: row.d_grant_id ?? undefined,
    ip: row.d_ip ?? undefined,
    userAgent: row.d_user_agent ?? undefined,
  };
}
