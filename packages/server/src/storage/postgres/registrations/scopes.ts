import type { Scope } from '../../../model/scope.js';
import type { NewScope, ScopeStore } from '../../../ports/store/registrations.js';
import type { Queryable } from '../pool.js';
import { SCOPE, type ScopeRow, toScope } from '../rows/scope.js';
import { sql } from '../sql.js';

export function scopes(db: Queryable): ScopeStore {
  return {
    all: async () =>
      (await db.query<ScopeRow>(sql`select ${SCOPE} from oauth_scopes order by scope_name`)).map(toScope),
    add: (scope) => add(db, scope),
    change: (name, change, options) => changeScope(db, { name, change, ...options }),
  };
}

async function add(db: Queryable, scope: NewScope): Promise<boolean> {
  const added = await db.count(sql`
    insert into oauth_scopes (id, scope_name, description, is_default, is_active, is_system, created_at, updated_at)
    values (${scope.id}, ${scope.name}, ${scope.description}, ${scope.isDefault}, ${scope.isActive}, ${scope.isSystem},
            ${scope.createdAt}, ${scope.createdAt})
        on conflict (scope_name) do nothing`);
  return added === 1;
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
