import type { Client } from '../../../model/client.js';
import type { ClientAdminStore, Removal } from '../../../ports/store/admin/registrations.js';
import type { Queryable } from '../pool.js';
import { CLIENT, type ClientRow, toClient } from '../rows/client.js';
import { sql } from '../sql.js';
import { patternContaining } from './like.js';

export function clientAdmin(db: Queryable): ClientAdminStore {
  return {
    page: (wish) => page(db, wish),
    remove: (clientId, options) => remove(db, { clientId, ...options }),
    revokeOwnTokens: async (clientId, now) => {
      await db.count(sql`
        update access_tokens set revoked_at = ${now}
         where client_id = ${clientId} and grant_id is null and revoked_at is null and expires_at > ${now}`);
    },
  };
}

async function page(
  db: Queryable,
  { limit, offset, includeInactive, search, origin }: Parameters<ClientAdminStore['page']>[0],
): Promise<{ readonly clients: readonly Client[]; readonly total: number }> {
  const pattern = search === undefined ? undefined : patternContaining(search);
  const rows = await db.query<ClientRow & { total: number; id: string | null }>(sql`
    with matching as materialized (
      select m.id, m.created_at from oauth_clients m
       where (m.is_active or ${includeInactive}::boolean) and (${origin}::text is null or m.origin = ${origin})
         and (${pattern}::text is null or m.client_name ilike ${pattern} or m.client_id ilike ${pattern})
    ), listed as (
      select id from matching order by created_at desc, id desc limit ${limit} offset ${offset}
    )
    select counted.total, ${CLIENT}
      from (select count(*)::integer as total from matching) counted
           left join (listed join oauth_clients o on o.id = listed.id) on true
     order by o.created_at desc, o.id desc`);
  return { clients: rows.filter((row) => row.id !== null).map(toClient), total: rows[0]?.total ?? 0 };
}

/** Consents and API keys go with the row; grants outlive it for the record, revoked. */
async function remove(
  db: Queryable,
  { clientId, now, ifVersion }: { readonly clientId: string; readonly now: Date; readonly ifVersion?: number },
): Promise<Removal> {
  const [row] = await db.query<{ outcome: Removal }>(sql`
    with removed as (
      delete from oauth_clients
       where client_id = ${clientId} and not is_system and (${ifVersion}::bigint is null or version = ${ifVersion})
      returning client_id
    ), targets as (
      select g.id from grants g join removed on removed.client_id = g.client_id
       where g.revoked_at is null order by g.id for no key update of g
    ), revoked as (
      update grants g set revoked_at = ${now}, revoked_reason = 'client_deactivated' from targets where g.id = targets.id
    ), own as (
      update access_tokens t set revoked_at = ${now} from removed
       where t.client_id = removed.client_id and t.grant_id is null and t.revoked_at is null and t.expires_at > ${now}
    )
    select case
             when exists (select from removed) then 'removed'
             when o.client_id is null then 'unknown'
             when o.is_system then 'protected'
             when o.version <> ${ifVersion}::bigint then 'stale'
             else 'unknown'
           end as outcome
      from (values (1)) as one(row) left join oauth_clients o on o.client_id = ${clientId}`);
  return row?.outcome ?? 'unknown';
}
