import type { SelfRegisteredStore } from '../../../ports/store/registrations/self-registered.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';
import { addClient } from './add-client.js';

export function selfRegistered(db: Queryable): SelfRegisteredStore {
  return {
    add: (client, registration) => addClient(db, client, registration),
    isTokenOf: async (clientId, hash) =>
      (
        await db.query(sql`
          select from oauth_clients
           where client_id = ${clientId} and registration_token_hash = ${hash} and is_active and origin = 'registered'`)
      ).length === 1,
    replaceToken: async (clientId, hash) =>
      (await db.count(sql`
        update oauth_clients set registration_token_hash = ${hash}
         where client_id = ${clientId} and registration_token_hash is not null`)) === 1,
    addInitialToken: async ({ id, hash, uses, createdAt, createdBy, expiresAt }) => {
      await db.count(sql`
        insert into registration_tokens (id, token_hash, uses_left, created_at, created_by, expires_at)
        values (${id}, ${hash}, ${uses}, ${createdAt}, ${createdBy}, ${expiresAt})`);
    },
    useInitialToken: async (hash, now) =>
      (await db.count(sql`
        update registration_tokens set uses_left = uses_left - 1
         where token_hash = ${hash} and uses_left > 0 and expires_at > ${now}`)) === 1,
    noteUse: async (now) => {
      const dayAgo = new Date(now.getTime() - DAY_MS);
      await db.count(sql`
        update oauth_clients o set last_used_at = ${now}
         where o.origin <> 'admin'
           and case when o.last_used_at is null then exists (select from grants g where g.client_id = o.client_id)
                    else o.last_used_at < ${dayAgo} and exists (
                      select from grants g where g.client_id = o.client_id and g.revoked_at is null and g.expires_at > ${now})
               end`);
    },
    removeLeftovers: (wish) => removeLeftovers(db, wish),
    count: async () => {
      const [row] = await db.query<{ count: number }>(sql`
        select count(*)::integer as count from oauth_clients where origin <> 'admin'`);
      return row?.count ?? 0;
    },
  };
}

const DAY_MS = 86_400_000;

/** A client with a living login stays, whatever its age; so does one that an administrator vouched for. */
async function removeLeftovers(
  db: Queryable,
  { unusedBefore, idleBefore, most, now, limit }: Parameters<SelfRegisteredStore['removeLeftovers']>[0],
): Promise<readonly { readonly clientId: string; readonly name: string }[]> {
  const rows = await db.query<{ client_id: string; client_name: string }>(sql`
    with crowd as (
      select greatest(0, count(*) - ${most}::bigint) as beyond from oauth_clients where origin <> 'admin'
    ), unused as (
      select o.id, row_number() over (order by o.created_at, o.id) as place, o.created_at
        from oauth_clients o
       where o.origin <> 'admin' and o.last_used_at is null and not o.is_vouched_for
         and not exists (select from grants g where g.client_id = o.client_id)
    ), leftover as (
      select u.id from unused u cross join crowd where u.created_at < ${unusedBefore} or u.place <= crowd.beyond
      union all
      select o.id from oauth_clients o
       where o.origin <> 'admin' and o.last_used_at < ${idleBefore} and not o.is_vouched_for
         and not exists (select from grants g where g.client_id = o.client_id and g.revoked_at is null and g.expires_at > ${now})
      limit ${limit}
    )
    delete from oauth_clients o using leftover l where o.id = l.id returning o.client_id, o.client_name`);
  return rows.map((row) => ({ clientId: row.client_id, name: row.client_name }));
}
