/** Fills a database with live tokens and grants, whatever columns its build has: copies of one row that the server itself wrote. */
import pg from 'pg';

const STEP = 250_000;

export async function fill(connectionString, { tokens, grants }) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    await copies(client, 'grants', grants, "jsonb_build_object('id', md5(place || 'grant')::uuid)");
    await copies(
      client,
      'access_tokens',
      tokens,
      "jsonb_build_object('jti', translate(encode(decode(md5(place || 'jti'), 'hex'), 'base64'), '+/=', '-_'), 'token_hash', encode(sha256(place::text::bytea), 'base64'), 'expires_at', now() + interval '1 hour' + place % 3600 * interval '1 second')",
    );
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

async function copies(client, table, count, changes) {
  for (let from = 0; from < count; from += STEP) {
    await client.query(`
      insert into ${table}
      select copy.*
        from (select * from ${table} where user_id is not null limit 1) model,
             generate_series(${from + 1}, ${Math.min(from + STEP, count)}) place,
             jsonb_populate_record(model::${table}, ${changes}) copy`);
    process.stderr.write(`${table}: ${Math.min(from + STEP, count)} rows\n`);
  }
}
