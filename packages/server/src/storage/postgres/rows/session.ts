import type { SessionId, TokenHash, UserId } from '@authly/oauth';
import type { Session } from '../../../model/people/session.js';
import { text } from '../sql.js';

/** Columns of `sessions s`. */
export const SESSION = text`
  s.id as s_id, s.secret_hash as s_secret_hash, s.user_id as s_user_id, s.login_epoch as s_login_epoch, s.created_at as s_created_at,
  s.auth_time as s_auth_time, s.last_seen_at as s_last_seen_at, s.expires_at as s_expires_at, s.ended_at as s_ended_at,
  s.acr as s_acr, s.amr as s_amr, s.ip as s_ip, s.user_agent as s_user_agent`;

export interface SessionRow {
  readonly s_id: SessionId;
  readonly s_secret_hash: TokenHash;
  readonly s_user_id: UserId;
  readonly s_login_epoch: number;
  readonly s_created_at: Date;
  readonly s_auth_time: Date;
  readonly s_last_seen_at: Date;
  readonly s_expires_at: Date;
  readonly s_ended_at: Date | null;
  readonly s_acr: string;
  readonly s_amr: string[];
  readonly s_ip: string | null;
  readonly s_user_agent: string | null;
}

export function toSession(row: SessionRow): Session {
  return {
    id: row.s_id,
    secretHash: row.s_secret_hash,
    userId: row.s_user_id,
    loginEpoch: row.s_login_epoch,
    createdAt: row.s_created_at,
    authTime: row.s_auth_time,
    lastSeenAt: row.s_last_seen_at,
    expiresAt: row.s_expires_at,
    endedAt: row.s_ended_at ?? undefined,
    acr: row.s_acr,
    amr: row.s_amr,
    ip: row.s_ip ?? undefined,
    userAgent: row.s_user_agent ?? undefined,
  };
}
