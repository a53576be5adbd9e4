/** What the database can do that a statement might call. Names only: a name is as bad as the worst that has it. */
export interface Catalogue {
  /** Functions that only compute. */
  readonly harmless: ReadonlySet<string>;
  /** Functions, whatever they do, that take a row and can therefore be called as if they were columns of it. */
  readonly columnLike: ReadonlySet<string>;
  readonly operators: ReadonlySet<string>;
  /** Types to which a cast calls a function that does more than compute. */
  readonly types: ReadonlySet<string>;
}

export interface CatalogueRow {
  readonly kind: 'function' | 'column-like' | 'operator' | 'type';
  readonly name: string;
}

/** Volatile, but it changes nothing and tells nothing about others. */
export const HARMLESS_VOLATILE = [
  'clock_timestamp',
  'currval',
  'gen_random_uuid',
  'lastval',
  'pg_advisory_unlock_all',
  'pg_column_size',
  'pg_database_size',
  'pg_indexes_size',
  'pg_is_in_recovery',
  'pg_relation_size',
  'pg_table_size',
  'pg_tablespace_size',
  'pg_total_relation_size',
  'random',
  'random_normal',
  'set_config',
  'setseed',
  'timeofday',
  'uuidv4',
  'uuidv7',
]; // prettier-ignore

/** Functions that the guard judges by what they are given, or by who calls them. */
export const WRITER_FUNCTIONS: ReadonlySet<string> = new Set(['nextval']);

/** $1: names of pg_catalog that are harmless although volatile. */
export const CATALOGUE_QUERY = `
with functions as (
  select p.oid, p.proname::text as name, p.proargtypes,
    (p.provolatile = 'v' or p.prosecdef)
      and not (n.nspname = 'pg_catalog' and p.proname::text = any ($1::text[]))
      and n.nspname <> 'authly' as is_bad
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where p.prokind <> 'p'
)
select 'function' as kind, name from functions group by name having not pg_catalog.bool_or(is_bad)
union all
select distinct 'column-like', f.name from functions f join pg_catalog.pg_type t on t.oid = f.proargtypes[0]
  where f.is_bad and pg_catalog.array_length(f.proargtypes::oid[], 1) = 1 and t.typtype in ('c', 'p')
union all
select distinct 'operator', o.oprname::text from pg_catalog.pg_operator o join functions f on f.oid = o.oprcode
  where f.is_bad
union all
select distinct 'type', t.typname::text from pg_catalog.pg_cast c join functions f on f.oid = c.castfunc
  join pg_catalog.pg_type t on t.oid = c.casttarget where f.is_bad`;

export function readCatalogue(rows: readonly CatalogueRow[]): Catalogue {
  const named = (kind: CatalogueRow['kind']): Set<string> =>
    new Set(rows.filter((row) => row.kind === kind).map(({ name }) => name));
  return {
    harmless: named('function'),
    columnLike: named('column-like'),
    operators: named('operator'),
    types: named('type'),
  };
}
