import type { SealedKind, SealedRow, SealedRows } from '../../../ports/store/sealed-rows.js';
import type { Pool } from '../pool.js';
import { sql, type SqlText, text } from '../sql.js';

interface Place {
  readonly table: SqlText;
  readonly key: SqlText;
  readonly column: SqlText;
}

const PLACES: Readonly<Record<SealedKind, Place>> = {
  'signing-key': { table: text`signing_keys`, key: text`kid`, column: text`private_sealed` },
  'totp-app': { table: text`totp_apps`, key: text`user_id`, column: text`secret_sealed` },
  'lasting-key': { table: text`lasting_keys`, key: text`name`, column: text`secret_sealed` },
};
const KINDS = Object.keys(PLACES) as SealedKind[];

/** What begins a box: its version and the id of its master key. The tables that grow have an index on it. */
const prefixOf = ({ column }: Place): SqlText => text`substring(${column} from 1 for 5)`;

export function sealedRows(pool: Pool): SealedRows {
  return {
    async findForeign(knownPrefixes) {
      const found = await Promise.all(KINDS.map((kind) => hasForeign(pool, PLACES[kind], knownPrefixes)));
      return KINDS[found.indexOf(true)];
    },

    listBehind: (kind, prefix, limit) => {
      const { table, key, column } = PLACES[kind];
      const begins = prefixOf(PLACES[kind]);
      return pool.query<SealedRow>(sql`
        select ${key}::text as id, ${column} as sealed from ${table}
         where ${begins} < ${prefix} or ${begins} > ${prefix} limit ${limit}`);
    },

    async replace(kind, { id, sealed: before }, sealed) {
      const { table, key, column } = PLACES[kind];
      await pool.count(
        sql`update ${table} set ${column} = ${sealed} where ${key}::text = ${id} and ${column} = ${before}`,
      );
    },

    async lastingKey(name, first) {
      const kept = await lastingKey(pool, name);
      if (kept !== undefined) return kept;
      await pool.count(sql`
        insert into lasting_keys (name, secret_sealed) values (${name}, ${first}) on conflict (name) do nothing`);
      return (await lastingKey(pool, name)) ?? first;
    },
  };
}

async function lastingKey(pool: Pool, name: string): Promise<Buffer | undefined> {
  const [row] = await pool.query<{ sealed: Buffer }>(
    sql`select secret_sealed as sealed from lasting_keys where name = ${name}`,
  );
  return row?.sealed;
}

/** Looks between the known ones, so that an index answers without reading the rows that are in order. */
async function hasForeign(pool: Pool, place: Place, knownPrefixes: readonly Buffer[]): Promise<boolean> {
  const known = knownPrefixes.toSorted(Buffer.compare);
  const begins = prefixOf(place);
  const [found] = await pool.query(sql`
    select from unnest(${[Buffer.of(), ...known]}::bytea[], ${[...known, Buffer.alloc(6, 0xff)]}::bytea[]) as gap(low, high)
     where exists (select from ${place.table} where ${begins} > gap.low and ${begins} < gap.high) limit 1`);
  return found !== undefined;
}
