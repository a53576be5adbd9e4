import type { NewClient } from '../../../ports/store/registrations.js';
import type { Queryable } from '../pool.js';
import { json, sql } from '../sql.js';

/** The client and its first secrets, or neither. */
export async function addClient(db: Queryable, client: NewClient): Promise<boolean> {
  const secrets = client.secrets.map((secret) => ({
    id: secret.id,
    hash: secret.hash,
    created_at: secret.createdAt,
    expires_at: secret.expiresAt,
  }));
  const rows = await db.query(sql`
    with added as (
      insert into oauth_clients
        (id, client_id, client_name, client_type, is_active, is_system, is_first_party, redirect_uris,
         post_logout_redirect_uris, grant_types, response_types, scopes, require_pkce, token_endpoint_auth_method,
         token_endpoint_auth_signing_alg, jwks, jwks_uri, client_uri, logo_uri, tos_uri, policy_uri, software_id,
         software_version, contacts, id_token_signed_response_alg, userinfo_signed_response_alg,
         access_token_signed_response_alg, subject_type, sector_identifier_uri, require_auth_time, default_max_age,
         initiate_login_uri, request_uris, application_type, access_token_lifetime, refresh_token_lifetime, created_at,
         updated_at)
      values
        (${client.id}, ${client.clientId}, ${client.name}, ${client.type}, ${client.isActive}, ${client.isSystem},
         ${client.isFirstParty}, ${client.redirectUris}, ${client.postLogoutRedirectUris}, ${client.grantTypes},
         ${client.responseTypes}, ${client.scopes}, ${client.requirePkce}, ${client.authMethod}, ${client.authSigningAlg},
         ${json(client.jwks)}, ${client.jwksUri}, ${client.clientUri}, ${client.logoUri}, ${client.tosUri},
         ${client.policyUri}, ${client.softwareId}, ${client.softwareVersion}, ${client.contacts}, ${client.idTokenAlg},
         ${client.userinfoAlg}, ${client.accessTokenAlg}, ${client.subjectType}, ${client.sectorIdentifierUri},
         ${client.requireAuthTime}, ${client.defaultMaxAge}, ${client.initiateLoginUri}, ${client.requestUris},
         ${client.applicationType}, ${client.accessTokenLifetime}, ${client.refreshTokenLifetime}, ${client.createdAt},
         ${client.createdAt})
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
