/** Rows do not pile up: what has expired is removed, access tokens by the day, everything else in small batches. */
import type { Pool } from '../pool.js';
import { type SqlText, sql, text } from '../sql.js';
import { keepPartitions } from './partitions.js';

/** Safe to run on several nodes at once: they share the work. */
export async function sweep(pool: Pool, now: Date): Promise<void> {
  await keepPartitions(pool, now);
  for (const { table, key, keepSeconds } of EXPIRING) {
    const before = new Date(now.getTime() - keepSeconds * 1000);
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      if ((await removeBatch(pool, { table, key, before })) < BATCH) break;
    }
  }
}

interface Expiring {
  readonly table: SqlText;
  readonly key: SqlText;
  /** How long after its end a row is still of use. */
  readonly keepSeconds: number;
}

const BATCH = 1000;
// the rest is left to the next sweep
const MOST_BATCHES = 100;
const HOUR = 3600;
const DAY = 24 * HOUR;

const EXPIRING: readonly Expiring[] = [
  { table: text`access_tokens_default`, key: text`jti, expires_at`, keepSeconds: DAY },
  // a code or refresh token that is presented again is recognised for a while longer
  { table: text`authorization_codes`, key: text`code_hash`, keepSeconds: DAY },
  { table: text`refresh_tokens`, key: text`token_hash`, keepSeconds: DAY },
  { table: text`device_codes`, key: text`device_code_hash`, keepSeconds: DAY },
  { table: text`login_challenges`, key: text`session_hash`, keepSeconds: HOUR },
  { table: text`pending_sign_ins`, key: text`id_hash`, keepSeconds: HOUR },
  { table: text`totp_setups`, key: text`user_id`, keepSeconds: HOUR },
  { table: text`interactions`, key: text`id_hash`, keepSeconds: 0 },
  // a login that began with it has an hour
  { table: text`pushed_requests`, key: text`hash`, keepSeconds: 2 * HOUR },
  // after everything that belongs to them
  { table: text`grants`, key: text`id`, keepSeconds: 2 * DAY },
  // people look back at where they were signed in
  { table: text`sessions`, key: text`id`, keepSeconds: 30 * DAY },
  { table: text`registration_tokens`, key: text`id`, keepSeconds: DAY },
  { table: text`replay_marks`, key: text`id_hash`, keepSeconds: HOUR },
  { table: text`rate_limits`, key: text`key`, keepSeconds: 0 },
  { table: text`idempotency_keys`, key: text`actor, key`, keepSeconds: 0 },
];

async function removeBatch(
  pool: Pool,
  { table, key, before }: { readonly table: SqlText; readonly key: SqlText; readonly before: Date },
): Promise<number> {
  return await pool.count(sql`
    delete from ${table}
     where (${key}) in (
       select ${key} from ${table} where expires_at < ${before} order by expires_at limit ${BATCH} for update skip locked
     )`);
}
