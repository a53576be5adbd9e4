import type { GrantId, TokenHash } from '@authly/oauth';
import type { RefreshToken, SealedReplay } from '../../../model/tokens/refresh-token.js';
import { text } from '../sql.js';

/** Columns of `refresh_tokens r`. */
export const REFRESH_TOKEN = text`
  r.token_hash as r_token_hash, r.grant_id as r_grant_id, r.generation as r_generation, r.created_at as r_created_at,
  r.expires_at as r_expires_at, r.consumed_at as r_consumed_at, r.bound_to as r_bound_to`;

export interface RefreshTokenRow {
  readonly r_token_hash: TokenHash;
  readonly r_grant_id: GrantId;
  readonly r_generation: number;
  readonly r_created_at: Date;
  readonly r_expires_at: Date;
  readonly r_consumed_at: Date | null;
  readonly r_bound_to: string | null;
}

export function toRefreshToken(row: RefreshTokenRow): RefreshToken {
  return {
    hash: row.r_token_hash,
    grantId: row.r_grant_id,
    generation: row.r_generation,
    createdAt: row.r_created_at,
    expiresAt: row.r_expires_at,
    consumedAt: row.r_consumed_at ?? undefined,
    boundTo: row.r_bound_to ?? undefined,
  };
}

/** The answer that the successor, `refresh_tokens n`, was handed out in. */
export interface AnswerRow {
  readonly n_answer: Buffer | null;
  readonly n_answer_key: string | null;
}

export function toReplay(row: AnswerRow): SealedReplay | undefined {
  if (row.n_answer === null || row.n_answer_key === null) return undefined;
  return { sealed: row.n_answer, key: row.n_answer_key };
}
