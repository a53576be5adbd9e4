import { canonicalResource } from '@authly/oauth';
import type { NewResource, Resource } from '../../../model/resource.js';
import type { ResourceStore } from '../../../ports/store/registrations/resources.js';
import { isUuid } from '../../uuid.js';
import type { Queryable } from '../pool.js';
import { sql, text } from '../sql.js';

/** Columns of `resources r`. */
const RESOURCE = text`
  r.id, r.identifier, r.name, r.scopes, r.default_scopes, r.is_open, r.clients, r.token_lifetime, r.is_active, r.created_at,
  r.updated_at, r.version`;

interface ResourceRow {
  readonly id: string;
  readonly identifier: string;
  readonly name: string;
  readonly scopes: string[];
  readonly default_scopes: string[];
  readonly is_open: boolean;
  readonly clients: string[];
  readonly token_lifetime: number | null;
  readonly is_active: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly version: string;
}

export function resources(db: Queryable): ResourceStore {
  return {
    all: async () =>
      (await db.query<ResourceRow>(sql`select ${RESOURCE} from resources r order by r.identifier`)).map(toResource),
    find: (idOrIdentifier) => find(db, idOrIdentifier),
    page: (wish) => page(db, wish),
    add: (resource) => add(db, resource),
    change: (id, change, options) => changeResource(db, { id, change, ...options }),
    remove: (id, options) => remove(db, { id, ...options }),
  };
}

async function find(db: Queryable, idOrIdentifier: string): Promise<Resource | undefined> {
  const id = isUuid(idOrIdentifier) ? idOrIdentifier : undefined;
  const [row] = await db.query<ResourceRow>(sql`
    select ${RESOURCE} from resources r
     where r.id = ${id}::uuid or r.canonical = ${canonicalResource(idOrIdentifier)}::text`);
  return row === undefined ? undefined : toResource(row);
}

async function page(
  db: Queryable,
  { limit, offset, includeInactive, identifier }: Parameters<ResourceStore['page']>[0],
): Promise<{ readonly resources: readonly Resource[]; readonly total: number }> {
  const canonical = identifier === undefined ? undefined : (canonicalResource(identifier) ?? '');
  const rows = await db.query<ResourceRow & { total: number; id: string | null }>(sql`
    with matching as materialized (
      select m.id, m.created_at from resources m
       where (m.is_active or ${includeInactive}::boolean) and (${canonical}::text is null or m.canonical = ${canonical})
    ), listed as (
      select id from matching order by created_at desc, id desc limit ${limit} offset ${offset}
    )
    select counted.total, ${RESOURCE}
      from (select count(*)::integer as total from matching) counted
           left join (listed join resources r on r.id = listed.id) on true
     order by r.created_at desc, r.id desc`);
  return { resources: rows.filter((row) => row.id !== null).map(toResource), total: rows[0]?.total ?? 0 };
}

async function add(db: Queryable, resource: NewResource): Promise<boolean> {
  const added = await db.count(sql`
    insert into resources (id, identifier, canonical, name, scopes, default_scopes, is_open, clients, token_lifetime, is_active,
                           created_at, updated_at)
    values (${resource.id}, ${resource.identifier}, ${canonicalResource(resource.identifier)}, ${resource.name}, ${resource.scopes},
            ${resource.defaultScopes}, ${resource.isOpen}, ${resource.clients}, ${resource.tokenLifetime}, ${resource.isActive},
            ${resource.createdAt}, ${resource.createdAt})
        on conflict do nothing`);
  return added === 1;
}

async function changeResource(
  db: Queryable,
  {
    id,
    change,
    now,
    ifVersion,
    clear = [],
  }: {
    readonly id: string;
    readonly change: Parameters<ResourceStore['change']>[1];
  } & Parameters<ResourceStore['change']>[2],
): Promise<Resource | 'unknown' | 'stale'> {
  if (!isUuid(id)) return 'unknown';
  const [row] = await db.query<ResourceRow>(sql`
    update resources r
       set name = coalesce(${change.name}, r.name), scopes = coalesce(${change.scopes}, r.scopes),
           default_scopes = coalesce(${change.defaultScopes}, r.default_scopes), is_open = coalesce(${change.isOpen}, r.is_open),
           clients = coalesce(${change.clients}, r.clients), is_active = coalesce(${change.isActive}, r.is_active),
           token_lifetime = case when ${clear.includes('tokenLifetime')}::boolean then null
                                 else coalesce(${change.tokenLifetime}, r.token_lifetime) end,
           updated_at = ${now}, version = r.version + 1
     where r.id = ${id} and (${ifVersion}::bigint is null or r.version = ${ifVersion})
    returning ${RESOURCE}`);
  return row === undefined ? await whyNot(db, id) : toResource(row);
}

async function remove(
  db: Queryable,
  { id, ifVersion }: { readonly id: string; readonly ifVersion?: number },
): Promise<'removed' | 'unknown' | 'stale'> {
  if (!isUuid(id)) return 'unknown';
  const removed = await db.count(sql`
    delete from resources where id = ${id} and (${ifVersion}::bigint is null or version = ${ifVersion})`);
  return removed === 1 ? 'removed' : await whyNot(db, id);
}

async function whyNot(db: Queryable, id: string): Promise<'unknown' | 'stale'> {
  return (await db.query(sql`select from resources where id = ${id}`)).length === 1 ? 'stale' : 'unknown';
}

function toResource(row: ResourceRow): Resource {
  return {
    id: row.id,
    identifier: row.identifier,
    name: row.name,
    scopes: row.scopes,
    defaultScopes: row.default_scopes,
    isOpen: row.is_open,
    clients: row.clients,
    ...(row.token_lifetime !== null && { tokenLifetime: row.token_lifetime }),
    isActive: row.is_active,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: Number(row.version),
  };
}
