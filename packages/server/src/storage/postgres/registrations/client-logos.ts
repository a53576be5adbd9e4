import type { ClientLogoStore } from '../../../ports/store/registrations/client-logos.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

export function clientLogos(db: Queryable): ClientLogoStore {
  return {
    keep: async (client, { uri, contentType, body }) =>
      (await db.count(sql`
        insert into client_logos (client, uri, content_type, body, version)
        select o.id, ${uri}::text, ${contentType}::text, ${body}::bytea,
               left(encode(sha256(${body}::bytea), 'hex'), 32)
          from oauth_clients o where o.id = ${client}::uuid and o.metadata->>'logo_uri' = ${uri} for share
        on conflict (client) do update
           set uri = excluded.uri, content_type = excluded.content_type, body = excluded.body,
               version = excluded.version, fetched_at = now()`)) === 1,
    find: async (version) => {
      const [row] = await db.query<{ content_type: string; body: Buffer }>(
        sql`select content_type, body from client_logos where version = ${version} limit 1`,
      );
      return row === undefined ? undefined : { contentType: row.content_type, body: row.body };
    },
  };
}
