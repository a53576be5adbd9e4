import type { TokenHash } from '@authly/oauth';
import type { Client } from '../../../model/client.js';
import type { ClientStore } from '../../../ports/store/registrations/registrations.js';
import type { Queryable } from '../pool.js';
import { CLIENT, type ClientRow, toClient } from '../rows/client.js';
import { sql } from '../sql.js';
import { addClient } from './add-client.js';
import { changeClient } from './change-client.js';

export function clients(db: Queryable): ClientStore {
  return {
    find: (clientId) => find(db, clientId),
    list: (page) => list(db, page),
    add: (client) => addClient(db, client),
    change: (clientId, change, options) => changeClient(db, { clientId, change, ...options }),
    addSecret: (clientId, secret, options) => addSecret(db, { clientId, secret, ...options }),
  };
}

async function find(db: Queryable, clientId: string): Promise<Client | undefined> {
  const [row] = await db.query<ClientRow>(sql`select ${CLIENT} from oauth_clients o where o.client_id = ${clientId}`);
  return row === undefined ? undefined : toClient(row);
}

async function list(
  db: Queryable,
  page: Parameters<ClientStore['list']>[0],
): Promise<{ readonly clients: readonly Client[]; readonly total: number }> {
  const rows = await db.query<ClientRow & { total: number; id: string | null }>(sql`
    select counted.total, listed.*
      from (select count(*)::integer as total from oauth_clients where is_active or ${page.includeInactive}::boolean) counted
           left join lateral (
             select ${CLIENT} from oauth_clients o where o.is_active or ${page.includeInactive}::boolean
              order by o.created_at desc, o.id desc limit ${page.limit} offset ${page.offset}
           ) listed on true
     order by listed.created_at desc, listed.id desc`);
  return { clients: rows.filter((row) => row.id !== null).map(toClient), total: rows[0]?.total ?? 0 };
}

/** Secrets that have ended are removed, so that a client that is rotated often does not gather them. */
async function addSecret(
  db: Queryable,
  {
    clientId,
    secret,
    now,
    overlapUntil,
  }: {
    readonly clientId: string;
    readonly secret: { readonly id: string; readonly hash: TokenHash };
    readonly now: Date;
    readonly overlapUntil: Date;
  },
): Promise<boolean> {
  const added = await db.count(sql`
    with target as (
      update oauth_clients set updated_at = ${now}, version = version + 1 where client_id = ${clientId} returning id
    ), ended as (
      delete from client_secrets s using target where s.client = target.id and s.expires_at <= ${now}
    ), ending as (
      update client_secrets s set expires_at = least(s.expires_at, ${overlapUntil}::timestamptz) from target
       where s.client = target.id and (s.expires_at is null or s.expires_at > ${now})
    )
    insert into client_secrets (id, client, secret_hash, created_at)
    select ${secret.id}::uuid, target.id, ${secret.hash}::text, ${now}::timestamptz from target`);
  return added === 1;
}
