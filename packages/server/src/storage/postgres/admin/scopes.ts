import type { Removal, ScopeAdminStore } from '../../../ports/store/admin/registrations.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

export function scopeAdmin(db: Queryable): ScopeAdminStore {
  return { remove: (name, options) => remove(db, { name, ...options }) };
}

async function remove(
  db: Queryable,
  { name, now, ifVersion }: { readonly name: string; readonly now: Date; readonly ifVersion?: number },
): Promise<Removal> {
  const [row] = await db.query<{ outcome: Removal }>(sql`
    with removed as (
      delete from oauth_scopes
       where scope_name = ${name} and not is_system and (${ifVersion}::bigint is null or version = ${ifVersion})
      returning scope_name
    ), unassigned as (
      update oauth_clients o
         set scopes = array_remove(o.scopes, removed.scope_name::text), updated_at = ${now}, version = o.version + 1
        from removed where removed.scope_name::text = any(o.scopes)
    )
    select case
             when exists (select from removed) then 'removed'
             when s.scope_name is null then 'unknown'
             when s.is_system then 'protected'
             when s.version <> ${ifVersion}::bigint then 'stale'
             else 'unknown'
           end as outcome
      from (values (1)) as one(row) left join oauth_scopes s on s.scope_name = ${name}`);
  return row?.outcome ?? 'unknown';
}
