import { Client } from 'pg';
import { AUTHLYS_TABLE, OPEN_COLUMNS } from './open-columns.js';
import { type OpenColumns, setupSql } from './setup-sql.js';

export interface SetUpRequest {
  readonly databaseUrl: string;
  readonly secret: string;
  readonly slots: number;
  readonly schemas: readonly string[];
}

/** Makes the roles, rights and functions of the proxy in a database. */
export async function setUp(request: SetUpRequest): Promise<void> {
  const client = new Client({ connectionString: request.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ schemaname: string }>(
      'select schemaname from pg_catalog.pg_tables where tablename = $1 and schemaname = any ($2)',
      [AUTHLYS_TABLE, request.schemas],
    );
    const authlys = rows.map(({ schemaname }) => schemaname);
    await client.query(
      setupSql({
        ...request,
        schemas: request.schemas.filter((schema) => !authlys.includes(schema)),
        openColumns: await findOpenColumns(client, authlys),
      }),
    );
  } finally {
    await client.end();
  }
}

/** Those of the list that this version of Authly's schema has. */
async function findOpenColumns(client: Client, schemas: readonly string[]): Promise<readonly OpenColumns[]> {
  const { rows } = await client.query<OpenColumns>(
    `select c.table_schema as schema, c.table_name as table, array_agg(c.column_name::text order by c.ordinal_position) as columns
     from information_schema.columns c join jsonb_each($1::jsonb) open on open.key = c.table_name and open.value ? c.column_name
     where c.table_schema = any ($2) group by c.table_schema, c.table_name`,
    [JSON.stringify(OPEN_COLUMNS), schemas],
  );
  return rows;
}
