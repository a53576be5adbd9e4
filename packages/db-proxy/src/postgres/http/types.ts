import type { Client } from 'pg';

/** What has to be known of a type to write its values as JSON. */
export interface ValueType {
  readonly name: string;
  /** Whether the element of an array, or the type itself, is one of those that JSON has a form for. */
  readonly base: number;
  readonly isArray: boolean;
}

interface TypeRow {
  readonly oid: number;
  readonly name: string;
  readonly element: number | null;
}

/** Arrays are those that are written with braces and commas: `int2vector` and arrays of boxes are not. Domains count as what they are made of. */
const TYPES_QUERY = `
with recursive asked as (select t.oid, t.typelem, t.typinput, t.typdelim, t.typname from pg_catalog.pg_type t where t.oid = any ($1::oid[])),
element (root, oid, typbasetype, depth) as (
  select a.oid, e.oid, e.typbasetype, 0 from asked a join pg_catalog.pg_type e on e.oid = a.typelem
  where a.typinput = 'pg_catalog.array_in'::regproc and e.typdelim = ','
  union all
  select r.root, b.oid, b.typbasetype, r.depth + 1 from element r join pg_catalog.pg_type b on b.oid = r.typbasetype where r.depth < 16
)
select a.oid::int8::text as oid, pg_catalog.format_type(a.oid, null) as name,
  (select e.oid::int8::text from element e where e.root = a.oid and e.typbasetype = 0 limit 1) as element
from asked a`;

const REMEMBERED = 10_000;

/** Types of the database by their number, looked up once. */
export class Types {
  private readonly known = new Map<number, ValueType>();

  constructor(private readonly manager: () => Client) {}

  async find(numbers: readonly number[]): Promise<readonly ValueType[]> {
    const missing = [...new Set(numbers.filter((number) => !this.known.has(number)))];
    if (missing.length > 0) await this.load(missing);
    return numbers.map((number) => this.known.get(number) ?? { name: 'unknown', base: number, isArray: false });
  }

  private async load(numbers: readonly number[]): Promise<void> {
    if (this.known.size > REMEMBERED) this.known.clear();
    const { rows } = await this.manager().query<Record<keyof TypeRow, string | null>>(TYPES_QUERY, [numbers]);
    for (const { oid, name, element } of rows)
      this.known.set(Number(oid), {
        name: name ?? 'unknown',
        base: Number(element ?? oid),
        isArray: element !== null,
      });
  }
}
