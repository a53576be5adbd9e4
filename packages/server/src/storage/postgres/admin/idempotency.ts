import type { IdempotencyState, IdempotencyStore, IdempotentRequest } from '../../../ports/store/admin/idempotency.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

export function idempotency(db: Queryable): IdempotencyStore {
  return {
    lookUp: (request, now) => lookUp(db, request, now),
    keep: async ({ actor, key, requestHash }, { status, sealed, now, expiresAt }) => {
      const kept = await db.count(sql`
        insert into idempotency_keys as k (actor, key, request_hash, status, answer, created_at, expires_at)
        values (${actor}, ${key}, ${requestHash}, ${status}, ${sealed}, ${now}, ${expiresAt})
            on conflict (actor, key) do update
           set request_hash = excluded.request_hash, status = excluded.status, answer = excluded.answer,
               created_at = excluded.created_at, expires_at = excluded.expires_at
         where k.expires_at <= ${now} or k.answer is null`);
      return kept === 1;
    },
  };
}

/** A row without an answer is of a time when keys were taken before the work was done. */
async function lookUp(
  db: Queryable,
  { actor, key, requestHash }: IdempotentRequest,
  now: Date,
): Promise<IdempotencyState> {
  const [row] = await db.query<{ request_hash: string; answer: Buffer }>(sql`
    select request_hash, answer from idempotency_keys
     where actor = ${actor} and key = ${key} and expires_at > ${now} and answer is not null`);
  if (row === undefined) return { kind: 'new' };
  return row.request_hash === requestHash ? { kind: 'answered', sealedAnswer: row.answer } : { kind: 'conflict' };
}
