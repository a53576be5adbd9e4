import type { Scope } from '../../../model/scope.js';
import type { NewScope, ScopeStore } from '../../../ports/store/registrations/registrations.js';
import type { Queryable } from '../pool.js';
import { SCOPE, type ScopeRow, toScope } from '../rows/scope.js';
import { sql } from '../sql.js';

export function scopes(db: Queryable): ScopeStore {
  return {
    all: async () =>
      (await db.query<ScopeRow>(sql`select ${SCOPE} from oauth_scopes order by scope_name`)).map(toScope),
    add: async (scope) => (await add(db, [scope])) === 1,
    addMissing: async (scopes) => void (await add(db, scopes)),
    change: (name, change, options) => changeScope(db, { name, change, ...options }),
  };
}

/** Answers how many were new. */
function add(db: Queryable, scopes: readonly NewScope[]): Promise<number> {
  const each = <Field extends keyof NewScope>(field: Field): NewScope[Field][] => scopes.map((scope) => scope[field]);
  return db.count(sql`
    insert into oauth_scopes (id, scope_name, description, is_default, is_active, is_system, created_at, updated_at)
    select id, name, description, is_default, is_active, is_system, created_at, created_at
      from unnest(${each('id')}::uuid[], ${each('name')}::text[], ${each('description')}::text[], ${each('isDefault')}::boolean[],
                  ${each('isActive')}::boolean[], ${each('isSystem')}::boolean[], ${each('createdAt')}::timestamptz[])
        as new(id, name, description, is_default, is_active, is_system, created_at)
        on conflict do nothing`);
}

async function changeScope(
  db: Queryable,
  {
    name,
    change,
    now,
    ifVersion,
  }: {
    readonly name: string;
    readonly change: Parameters<ScopeStore['change']>[1];
    readonly now: Date;
    readonly ifVersion?: number;
  },
): Promise<Scope | 'unknown' | 'stale'> {
  const [row] = await db.query<ScopeRow>(sql`
    update oauth_scopes
       set description = coalesce(${change.description}, description), is_default = coalesce(${change.isDefault}, is_default),
           is_active = coalesce(${change.isActive}, is_active), updated_at = ${now}, version = version + 1
     where scope_name = ${name} and (${ifVersion}::bigint is null or version = ${ifVersion})
    returning ${SCOPE}`);
  if (row !== undefined) return toScope(row);
  const known = await db.query(sql`select from oauth_scopes where scope_name = ${name}`);
  return known.length === 1 ? 'stale' : 'unknown';
}
