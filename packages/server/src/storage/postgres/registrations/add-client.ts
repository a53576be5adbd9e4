import type { TokenHash } from '@authly/oauth';
import type { NewClient } from '../../../model/client.js';
import type { Queryable } from '../pool.js';
import { toMetadata } from '../rows/client.js';
import { json, sql } from '../sql.js';

/** The client and its first secrets, or neither. */
export async function addClient(
  db: Queryable,
  client: NewClient,
  registration: { readonly tokenHash?: TokenHash; readonly isVouchedFor: boolean } = { isVouchedFor: false },
): Promise<boolean> {
  const secrets = client.secrets.map((secret) => ({
    id: secret.id,
    hash: secret.hash,
    created_at: secret.createdAt,
    expires_at: secret.expiresAt,
  }));
  const rows = await db.query(sql`
    with added as (
      insert into oauth_clients
        (id, client_id, client_name, client_type, is_active, origin, is_system, is_first_party, scopes, metadata, created_at,
         updated_at, registration_token_hash, is_vouched_for)
      values
        (${client.id}, ${client.clientId}, ${client.name}, ${client.type}, ${client.isActive}, ${client.origin},
         ${client.isSystem}, ${client.isFirstParty}, ${client.scopes}, ${json(toMetadata(client))}, ${client.createdAt}, ${client.createdAt},
         ${registration.tokenHash}, ${registration.isVouchedFor})
      on conflict do nothing
      returning id
    ), secrets as (
      insert into client_secrets (id, client, secret_hash, created_at, expires_at)
      select r.id, added.id, r.hash, r.created_at, r.expires_at
        from added, json_to_recordset(${json(secrets)}) as r(id uuid, hash text, created_at timestamptz,
             expires_at timestamptz)
    )
    select from added`);
  return rows.length === 1;
}
