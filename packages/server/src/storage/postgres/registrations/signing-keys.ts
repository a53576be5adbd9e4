import type { SigningKey } from '../../../model/signing-key.js';
import type { SigningKeyStore } from '../../../ports/store/registrations/signing-keys.js';
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
    rotate: (successor, others) => transaction(pool, (tx) => rotateKeys(tx, successor, others)),
    withdraw: (...which) => transaction(pool, (tx) => withdrawKey(tx, ...which)),
  };
}

/** The lock comes in a statement of its own: the next one then sees what the servers before this one have stored. */
async function addIfMissing(pool: Pool, keys: readonly SigningKey[]): Promise<void> {
  await transaction(pool, async (tx) => {
    await tx.count(lockKeys);
    await tx.count(sql`
      insert into signing_keys (${SIGNING_KEY})
      select r.kid, r.algorithm, r.public_jwk, decode(r.private_sealed, 'base64'), r.created_at, r.active_at, r.retired_at,
             r.expires_at, null
        from json_to_recordset(${json(keys.map(toRecord))}) as r(kid text, algorithm text, public_jwk jsonb,
             private_sealed text, created_at timestamptz, active_at timestamptz, retired_at timestamptz,
             expires_at timestamptz)
       where not exists (select from signing_keys k where k.algorithm = r.algorithm and k.withdrawn_at is null)`);
  });
}

const lockKeys = sql`lock table signing_keys in share row exclusive mode`;

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
    update signing_keys
       set retired_at = least(retired_at, ${retireAt}::timestamptz), expires_at = least(expires_at, ${expireAt}::timestamptz)
     where algorithm = ${successor.algorithm}`);
  await insertKey(db, successor);
}

async function insertKey(db: Queryable, key: SigningKey): Promise<void> {
  await db.count(sql`
    insert into signing_keys (${SIGNING_KEY})
    values (${key.kid}, ${key.algorithm}, ${json(key.publicJwk)}, ${key.privateSealed},
            ${key.createdAt}, ${key.activeAt}, ${key.retiredAt}, ${key.expiresAt},
            ${key.withdrawnAt})`);
}

/** Two administrators who withdraw both keys of an algorithm take turns: the second sees what the first has left. */
export async function withdrawKey(db: Queryable, kid: string, successor: SigningKey, now: Date): Promise<boolean> {
  await db.count(lockKeys);
  const withdrawn = await db.count(sql`
    update signing_keys
       set withdrawn_at = ${now}, retired_at = least(retired_at, ${now}::timestamptz),
           expires_at = least(expires_at, ${now}::timestamptz)
     where kid = ${kid} and withdrawn_at is null`);
  if (withdrawn === 0) return false;
  const [signing] = await db.query(sql`
    select kid from signing_keys
     where algorithm = ${successor.algorithm} and withdrawn_at is null and active_at <= ${now}
       and (retired_at is null or retired_at > ${now}) limit 1`);
  if (signing !== undefined) return true;
  const begun = await db.count(sql`
    update signing_keys set active_at = ${now}
     where kid = (select kid from signing_keys
                   where algorithm = ${successor.algorithm} and withdrawn_at is null and active_at > ${now}
                     and retired_at is null
                   order by active_at limit 1)`);
  if (begun === 0) await insertKey(db, successor);
  return true;
}
