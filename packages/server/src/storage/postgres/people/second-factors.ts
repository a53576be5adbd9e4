import { randomUUID } from 'node:crypto';
import type { UserId } from '@authly/oauth';
import type { SecondFactor, TotpSetup } from '../../../model/people/second-factor.js';
import type { SecondFactorStore } from '../../../ports/store/people/second-factors.js';
import { isUuid } from '../../uuid.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

export function secondFactors(db: Queryable): SecondFactorStore {
  return {
    listOf: async (userId) => (isUuid(userId) ? await listOf(db, userId) : []),
    propose: (setup) => propose(db, setup),
    findSetup: async (userId, now) => (isUuid(userId) ? await findSetup(db, userId, now) : undefined),
    enable: (confirmation) => enable(db, confirmation),
    useStep: async ({ id }, step) => {
      const used = await db.count(sql`
        update totp_apps set last_step = ${step} where id = ${id} and last_step < ${step}`);
      return used === 1;
    },
    useRecoveryCode: async (userId, hash, now) => (isUuid(userId) ? await use(db, { userId, hash, now }) : undefined),
    replaceRecoveryCodes: async (userId, hashes, now) =>
      isUuid(userId) && (await replaceRecoveryCodes(db, { userId, hashes, now })),
    remove: async (userId) => isUuid(userId) && (await remove(db, userId)),
  };
}

interface TotpAppRow {
  readonly id: string;
  readonly user_id: UserId;
  readonly secret_sealed: Buffer;
  readonly enabled_at: Date;
  readonly recovery_made_at: Date;
  readonly recovery_left: number;
}

async function listOf(db: Queryable, userId: UserId): Promise<readonly SecondFactor[]> {
  const rows = await db.query<TotpAppRow>(sql`
    select a.id, a.user_id, a.secret_sealed, a.enabled_at, a.recovery_made_at,
           (select count(*)::integer from recovery_codes c
             where c.set_id = a.recovery_set and c.used_at is null) as recovery_left
      from totp_apps a where a.user_id = ${userId}`);
  return rows.flatMap((row) => [
    {
      kind: 'otp' as const,
      id: row.id,
      userId: row.user_id,
      sealedSecret: row.secret_sealed,
      enabledAt: row.enabled_at,
    },
    { kind: 'recovery_code' as const, madeAt: row.recovery_made_at, left: row.recovery_left },
  ]);
}

async function propose(db: Queryable, setup: TotpSetup): Promise<void> {
  await db.count(sql`
    insert into totp_setups (user_id, id, secret_sealed, created_at, expires_at)
    values (${setup.userId}, ${setup.id}, ${setup.sealedSecret}, ${setup.createdAt}, ${setup.expiresAt})
        on conflict (user_id) do update
       set id = excluded.id, secret_sealed = excluded.secret_sealed, created_at = excluded.created_at,
           expires_at = excluded.expires_at`);
}

interface SetupRow {
  readonly id: string;
  readonly user_id: UserId;
  readonly secret_sealed: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date;
}

async function findSetup(db: Queryable, userId: UserId, now: Date): Promise<TotpSetup | undefined> {
  const [row] = await db.query<SetupRow>(sql`
    select id, user_id, secret_sealed, created_at, expires_at from totp_setups
     where user_id = ${userId} and expires_at > ${now}`);
  if (row === undefined) return undefined;
  return {
    id: row.id,
    userId: row.user_id,
    sealedSecret: row.secret_sealed,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

/** Who waits here for another caller finds the set-up gone. */
async function enable(
  db: Queryable,
  { setup, step, recoveryCodes, now }: Parameters<SecondFactorStore['enable']>[0],
): Promise<boolean> {
  const stored = await db.count(sql`
    with confirmed as (
      delete from totp_setups where id = ${setup.id} and user_id = ${setup.userId} and expires_at > ${now}
      returning user_id, id, secret_sealed
    ), enabled as (
      insert into totp_apps as a
             (user_id, id, secret_sealed, enabled_at, last_step, recovery_set, recovery_made_at)
      select user_id, id, secret_sealed, ${now}::timestamptz, ${step}::bigint, ${randomUUID()}::uuid, ${now}::timestamptz
        from confirmed
          on conflict (user_id) do update
         set id = excluded.id, secret_sealed = excluded.secret_sealed, enabled_at = excluded.enabled_at,
             last_step = excluded.last_step, recovery_set = excluded.recovery_set,
             recovery_made_at = excluded.recovery_made_at
      returning a.user_id, a.recovery_set
    ), forgotten as (
      delete from recovery_codes c using enabled where c.user_id = enabled.user_id
    )
    insert into recovery_codes (set_id, code_hash, user_id)
    select enabled.recovery_set, hash, enabled.user_id from enabled, unnest(${recoveryCodes}::text[]) as hash`);
  return stored > 0;
}

/** Who waits here for another caller finds the code used. */
async function use(
  db: Queryable,
  { userId, hash, now }: { readonly userId: UserId; readonly hash: string; readonly now: Date },
): Promise<number | undefined> {
  const [row] = await db.query<{ left: number }>(sql`
    with used as (
      update recovery_codes c set used_at = ${now} from totp_apps a
       where a.user_id = ${userId} and c.set_id = a.recovery_set and c.code_hash = ${hash} and c.used_at is null
      returning c.set_id, c.code_hash
    )
    select (select count(*)::integer from recovery_codes c
             where c.set_id = used.set_id and c.code_hash <> used.code_hash and c.used_at is null) as left
      from used`);
  return row?.left;
}

/** The set decides which codes count, so that of two callers at once only one's codes do. */
async function replaceRecoveryCodes(
  db: Queryable,
  { userId, hashes, now }: { readonly userId: UserId; readonly hashes: readonly string[]; readonly now: Date },
): Promise<boolean> {
  const stored = await db.count(sql`
    with owner as (
      update totp_apps set recovery_set = ${randomUUID()}, recovery_made_at = ${now} where user_id = ${userId}
      returning user_id, recovery_set
    ), forgotten as (
      delete from recovery_codes c using owner where c.user_id = owner.user_id
    )
    insert into recovery_codes (set_id, code_hash, user_id)
    select owner.recovery_set, hash, owner.user_id from owner, unnest(${hashes}::text[]) as hash`);
  return stored > 0;
}

async function remove(db: Queryable, userId: UserId): Promise<boolean> {
  const removed = await db.count(sql`
    with forgotten as (delete from totp_setups where user_id = ${userId})
    delete from totp_apps where user_id = ${userId}`);
  return removed === 1;
}
