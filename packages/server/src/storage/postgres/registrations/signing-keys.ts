import type { SigningKey } from '../../../model/signing-key.js';
import type { SigningKeyStore } from '../../../ports/store/signing-keys.js';
import type { Pool, Queryable } from '../pool.js';
import { SIGNING_KEY, type SigningKeyRow, toSigningKey } from '../rows/signing-key.js';
import { json, sql } from '../sql.js';
import { transaction } from '../transaction.js';

export function signingKeys(pool: Pool): SigningKeyStore {
  return {
    all: async () => {
      const rows = await pool.query<SigningKeyRow>(
        sql`select ${SIGNING_KEY} from signing_keys order by created_at, kid`,
      );
      return rows.map(toSigningKey);
    },
    addIfMissing: (keys) => addIfMissing(pool, keys),
    rotate: (successor, others) => rotateKeys(pool, successor, others),
  };
}

/** The lock comes in a statement of its own: the next one then sees what the servers before this one have stored. */
async function addIfMissing(pool: Pool, keys: readonly SigningKey[]): Promise<void> {
  await transaction(pool, async (tx) => {
    await tx.count(sql`lock table signing_keys in share row exclusive mode`);
    await tx.count(sql`
      insert into signing_keys (${SIGNING_KEY})
      select r.kid, r.algorithm, r.public_jwk, decode(r.private_sealed, 'base64'), r.created_at, r.active_at, r.retired_at,
             r.expires_at
        from json_to_recordset(${json(keys.map(toRecord))}) as r(kid text, algorithm text, public_jwk jsonb,
             private_sealed text, created_at timestamptz, active_at timestamptz, retired_at timestamptz,
             expires_at timestamptz)
       where not exists (select from signing_keys k where k.algorithm = r.algorithm)`);
  });
}

function toRecord(key: SigningKey): object {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    public_jwk: key.publicJwk,
    private_sealed: key.privateSealed.toString('base64'),
    created_at: key.createdAt,
    active_at: key.activeAt,
    retired_at: key.retiredAt,
    expires_at: key.expiresAt,
  };
}

/** A key whose end has been set before keeps the earlier one. */
export async function rotateKeys(
  db: Queryable,
  successor: SigningKey,
  { retireAt, expireAt }: { readonly retireAt: Date; readonly expireAt: Date },
): Promise<void> {
  await db.count(sql`
    with others as (
      update signing_keys
         set retired_at = least(retired_at, ${retireAt}::timestamptz), expires_at = least(expires_at, ${expireAt}::timestamptz)
       where algorithm = ${successor.algorithm}
    )
    insert into signing_keys (${SIGNING_KEY})
    values (${successor.kid}, ${successor.algorithm}, ${json(successor.publicJwk)}, ${successor.privateSealed},
            ${successor.createdAt}, ${successor.activeAt}, ${successor.retiredAt}, ${successor.expiresAt})`);
}
