import type { IdempotencyState, IdempotencyStore, IdempotentRequest } from '../../../ports/store/admin/idempotency.js';
import type { Pool } from '../pool.js';
import { sql } from '../sql.js';

export function idempotency(pool: Pool): IdempotencyStore {
  return {
    begin: (request, times) => begin(pool, request, times),
    finish: async ({ actor, key, requestHash }, { status, sealed }) => {
      await pool.count(sql`
        update idempotency_keys set status = ${status}, answer = ${sealed}
         where actor = ${actor} and key = ${key} and request_hash = ${requestHash}`);
    },
    release: async ({ actor, key, requestHash }) => {
      await pool.count(sql`
        delete from idempotency_keys
         where actor = ${actor} and key = ${key} and request_hash = ${requestHash} and answer is null`);
    },
  };
}

/** The row is there after this statement, whoever made it; only its maker, or who takes over what was abandoned, works. */
async function begin(
  pool: Pool,
  { actor, key, requestHash }: IdempotentRequest,
  { now, abandonedBefore, expiresAt }: Parameters<IdempotencyStore['begin']>[1],
): Promise<IdempotencyState> {
  const won = await pool.count(sql`
    insert into idempotency_keys as k (actor, key, request_hash, created_at, expires_at)
    values (${actor}, ${key}, ${requestHash}, ${now}, ${expiresAt})
        on conflict (actor, key) do update
       set request_hash = excluded.request_hash, status = null, answer = null, created_at = excluded.created_at,
           expires_at = excluded.expires_at
     where k.expires_at <= ${now}
        or (k.answer is null and k.request_hash = excluded.request_hash and k.created_at < ${abandonedBefore})`);
  if (won === 1) return { kind: 'mine' };
  const [row] = await pool.query<{ request_hash: string; answer: Buffer | null }>(sql`
    select request_hash, answer from idempotency_keys where actor = ${actor} and key = ${key}`);
  // Released in between: the caller looks again.
  if (row === undefined) return { kind: 'running' };
  if (row.request_hash !== requestHash) return { kind: 'conflict' };
  return row.answer === null ? { kind: 'running' } : { kind: 'answered', sealedAnswer: row.answer };
}
