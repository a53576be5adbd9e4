import type { UserId } from '@authly/oauth';
import type { PendingSignInStore } from '../../../ports/store/pending-sign-ins.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

export function pendingSignIns(db: Queryable): PendingSignInStore {
  return {
    add: async (pending) => {
      await db.count(sql`
        insert into pending_sign_ins (id_hash, browser_hash, user_id, created_at, expires_at)
        values (${pending.idHash}, ${pending.browserHash}, ${pending.userId}, ${pending.createdAt}, ${pending.expiresAt})`);
    },
    find: async (idHash) => {
      const [row] = await db.query<PendingRow>(sql`
        select id_hash, browser_hash, user_id, created_at, expires_at, completed_at
          from pending_sign_ins where id_hash = ${idHash}`);
      if (row === undefined) return undefined;
      return {
        idHash: row.id_hash,
        browserHash: row.browser_hash,
        userId: row.user_id,
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
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly completed_at: Date | null;
}
