/** How much of everything is alive, for operators. */
import type { Pool } from '../pool.js';
import { sql } from '../sql.js';

export interface LiveCountsRow {
  readonly clients: number;
  readonly sessions: number;
  readonly accessTokens: number;
  readonly refreshTokens: number;
  readonly jobsWaiting: number;
  readonly jobsDead: number;
}

export async function liveCounts(pool: Pool, now: Date): Promise<LiveCountsRow> {
  const [row] = await pool.query<LiveCountsRow>(sql`
    select (select count(*)::integer from oauth_clients where is_active) as "clients",
           (select count(*)::integer from sessions where ended_at is null and expires_at > ${now}) as "sessions",
           (select count(*)::integer from access_tokens where revoked_at is null and expires_at > ${now}) as "accessTokens",
           (select count(*)::integer
              from refresh_tokens where consumed_at is null and expires_at > ${now}) as "refreshTokens",
           (select count(*)::integer from jobs where dead_at is null and name is null) as "jobsWaiting",
           (select count(*)::integer from jobs where dead_at is not null) as "jobsDead"`);
  return row ?? { clients: 0, sessions: 0, accessTokens: 0, refreshTokens: 0, jobsWaiting: 0, jobsDead: 0 };
}
