import type { ClientId, TokenHash } from '@authly/oauth';
import type { AuthorizationRequest } from '../../../model/tokens/authorization-request.js';
import type { PushedRequestStore } from '../../../ports/store/tokens/pushed-requests.js';
import type { Pool } from '../pool.js';
import { json, sql } from '../sql.js';

export function pushedRequests(pool: Pool): PushedRequestStore {
  return {
    async add({ hash, clientId, request, createdAt, expiresAt }) {
      await pool.count(sql`
        insert into pushed_requests (hash, client_id, request, created_at, expires_at)
        values (${hash}, ${clientId}, ${json(request)}, ${createdAt}, ${expiresAt})`);
    },
    async find(hash) {
      const [row] = await pool.query<Row>(sql`
        select hash, client_id, request, created_at, expires_at, used_at from pushed_requests where hash = ${hash}`);
      return (
        row && {
          hash: row.hash,
          clientId: row.client_id,
          request: row.request,
          createdAt: row.created_at,
          expiresAt: row.expires_at,
          usedAt: row.used_at ?? undefined,
        }
      );
    },
  };
}

interface Row {
  readonly hash: TokenHash;
  readonly client_id: ClientId;
  readonly request: AuthorizationRequest;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}
