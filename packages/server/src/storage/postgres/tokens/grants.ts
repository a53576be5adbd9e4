import type { Grant, RevocationReason } from '../../../model/tokens/grant.js';
import type { GrantSelection, GrantStore } from '../../../ports/store/tokens/grants.js';
import { isUuid } from '../../uuid.js';
import type { Queryable } from '../pool.js';
import { GRANT, type GrantRow, toGrant } from '../rows/grant.js';
import { sql } from '../sql.js';

export function grants(db: Queryable): GrantStore {
  return {
    find: async (id) => (isUuid(id) ? await find(db, id) : undefined),
    revoke: (which, reason, now) => revoke(db, which, { reason, now }),
  };
}

async function find(db: Queryable, id: string): Promise<Grant | undefined> {
  const [row] = await db.query<GrantRow>(sql`select ${GRANT} from grants g where g.id = ${id}`);
  return row === undefined ? undefined : toGrant(row);
}

/** Rows are locked in the order of their ids, so that two revocations that overlap wait for each other and never deadlock. */
async function revoke(
  db: Queryable,
  which: GrantSelection,
  { reason, now }: { readonly reason: RevocationReason; readonly now: Date },
): Promise<number> {
  const id = 'id' in which ? which.id : undefined;
  const userId = 'userId' in which ? which.userId : undefined;
  const clientId = 'clientId' in which ? which.clientId : undefined;
  if ((id !== undefined && !isUuid(id)) || (userId !== undefined && !isUuid(userId))) return 0;
  if (id !== undefined) {
    const [row] = await db.query<Count>(sql`
      with revoked as (
        update grants set revoked_at = ${now}, revoked_reason = ${reason} where id = ${id} and revoked_at is null
        returning expires_at
      )
      select count(*) filter (where expires_at > ${now})::integer as alive from revoked`);
    return row?.alive ?? 0;
  }
  if (userId !== undefined) {
    const [row] = await db.query<Count>(sql`
      with person as materialized (
        update users set login_epoch = login_epoch + 1 where id = ${userId} returning id
      ), targets as (
        select id from grants
         where user_id = any(array(select id from person)) and (${clientId}::text is null or client_id = ${clientId}) and revoked_at is null
         order by id for no key update
      ), revoked as (
        update grants g set revoked_at = ${now}, revoked_reason = ${reason} from targets where g.id = targets.id
        returning g.expires_at
      )
      select count(*) filter (where expires_at > ${now})::integer as alive from revoked`);
    return row?.alive ?? 0;
  }
  const [row] = await db.query<Count>(sql`
    with targets as (
      select id from grants where client_id = ${clientId} and revoked_at is null order by id for no key update
    ), revoked as (
      update grants g set revoked_at = ${now}, revoked_reason = ${reason} from targets where g.id = targets.id
      returning g.expires_at
    )
    select count(*) filter (where expires_at > ${now})::integer as alive from revoked`);
  return row?.alive ?? 0;
}

interface Count {
  readonly alive: number;
}
