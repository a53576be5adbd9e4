import type { IdempotencyState, IdempotencyStore, IdempotentRequest } from '../../../ports/store/admin/idempotency.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

export function idempotency(db: Queryable): IdempotencyStore {
  return {
    begin: (request, times) => begin(db, request, times),
    finish: async ({ actor, key, requestHash }, { begunAt, status, sealed }) => {
      const kept = await db.count(sql`
        update idempotency_keys set status = ${status}, answer = ${sealed}
         where actor = ${actor} and key = ${key} and request_hash = ${requestHash} and created_at = ${begunAt}
           and answer is null`);
      return kept === 1;
    },
    release: async ({ actor, key, requestHash }, begunAt) => {
      await db.count(sql`
        delete from idempotency_keys
         where actor = ${actor} and key = ${key} and request_hash = ${requestHash} and created_at = ${begunAt}
           and answer is null`);
    },
  };
}

/** The row is there after this statement, whoever made it; only its maker, or who takes over what was abandoned, works. */
async function begin(
  db: Queryable,
  { actor, key, requestHash }: IdempotentRequest,
  { now, abandonedBefore, expiresAt }: Parameters<IdempotencyStore['begin']>[1],
): Promise<IdempotencyState> {
  const won = await db.count(sql`
    insert into idempotency_keys as k (actor, key, request_hash, created_at, expires_at)
    values (${actor}, ${key}, ${requestHash}, ${now}, ${expiresAt})
        on conflict (actor, key) do update
       set request_hash = excluded.request_hash, status = null, answer = null, created_at = excluded.created_at,
           expires_at = excluded.expires_at
     where k.expires_at <= ${now}
        or (k.answer is null and k.request_hash = excluded.request_hash and k.created_at < ${abandonedBefore})`);
  if (won === 1) return { kind: 'mine' };
  const [row] = await db.query<{ request_hash: string; answer: Buffer | null }>(sql`
    select request_hash, answer from idempotency_keys where actor = ${actor} and key = ${key}`);
  // Released in between: the caller looks again.
  if (row === undefined) return { kind: 'running' };
  if (row.request_hash !== requestHash) return { kind: 'conflict' };
  return row.answer === null ? { kind: 'running' } : { kind: 'answered', sealedAnswer: row.answer };
}
