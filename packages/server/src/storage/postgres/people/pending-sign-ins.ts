import type { UserId } from '@authly/oauth';
import type { PendingSignInStore } from '../../../ports/store/people/pending-sign-ins.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

export function pendingSignIns(db: Queryable): PendingSignInStore {
  return {
    add: async (pending) => {
      const added = await db.count(sql`
        with person as materialized (
          select id, login_epoch from users
           where id = ${pending.userId} and is_active and login_epoch = ${pending.loginEpoch} for share
        )
        insert into pending_sign_ins (id_hash, browser_hash, user_id, login_epoch, created_at, expires_at)
        select ${pending.idHash}::text, ${pending.browserHash}::text, id, login_epoch, ${pending.createdAt}::timestamptz,
               ${pending.expiresAt}::timestamptz
          from person`);
      return added === 1;
    },
    find: async (idHash) => {
      const [row] = await db.query<PendingRow>(sql`
        select id_hash, browser_hash, user_id, login_epoch, created_at, expires_at, completed_at
          from pending_sign_ins where id_hash = ${idHash}`);
      if (row === undefined) return undefined;
      return {
        idHash: row.id_hash,
        browserHash: row.browser_hash,
        userId: row.user_id,
        loginEpoch: row.login_epoch,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        completedAt: row.completed_at ?? undefined,
      };
    },
    complete: async (idHash, now) => {
      const completed = await db.count(sql`
        update pending_sign_ins set completed_at = ${now}
         where id_hash = ${idHash} and completed_at is null and expires_at > ${now}`);
      return completed === 1;
    },
  };
}

interface PendingRow {
  readonly id_hash: string;
  readonly browser_hash: string;
  readonly user_id: UserId;
  readonly login_epoch: number;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly completed_at: Date | null;
}
