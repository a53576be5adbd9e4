import type { Client } from '../../../model/client.js';
import type { ClientChange, OptionalClientField } from '../../../ports/store/registrations.js';
import type { Queryable } from '../pool.js';
import { CLIENT, type ClientRow, toClient } from '../rows/client.js';
import { json, sql } from '../sql.js';

export interface ChangeOfClient {
  readonly clientId: string;
  readonly change: ClientChange;
  readonly now: Date;
  readonly ifVersion?: number;
  readonly clear?: readonly OptionalClientField[];
}

/** One update decides; only a client that was not changed is looked up again to say why. */
export async function changeClient(db: Queryable, request: ChangeOfClient): Promise<Client | 'unknown' | 'stale'> {
  const { clientId, change, now, ifVersion, clear = [] } = request;
  const keep = (field: OptionalClientField): boolean => !clear.includes(field);
  const [row] = await db.query<ClientRow>(sql`
    update oauth_clients o
       set client_name = coalesce(${change.name}, client_name),
           client_type = coalesce(${change.type}, client_type),
           is_active = coalesce(${change.isActive}, is_active),
           is_first_party = coalesce(${change.isFirstParty}, is_first_party),
           redirect_uris = coalesce(${change.redirectUris}, redirect_uris),
           post_logout_redirect_uris = coalesce(${change.postLogoutRedirectUris}, post_logout_redirect_uris),
           grant_types = coalesce(${change.grantTypes}, grant_types),
           response_types = coalesce(${change.responseTypes}, response_types),
           scopes = coalesce(${change.scopes}, scopes),
           require_pkce = coalesce(${change.requirePkce}, require_pkce),
           token_endpoint_auth_method = coalesce(${change.authMethod}, token_endpoint_auth_method),
           contacts = coalesce(${change.contacts}, contacts),
           id_token_signed_response_alg = coalesce(${change.idTokenAlg}, id_token_signed_response_alg),
           subject_type = coalesce(${change.subjectType}, subject_type),
           require_auth_time = coalesce(${change.requireAuthTime}, require_auth_time),
           request_uris = coalesce(${change.requestUris}, request_uris),
           application_type = coalesce(${change.applicationType}, application_type),
           token_endpoint_auth_signing_alg = case when ${keep('authSigningAlg')}
             then coalesce(${change.authSigningAlg}, token_endpoint_auth_signing_alg) end,
           jwks = case when ${keep('jwks')} then coalesce(${json(change.jwks)}, jwks) end,
           jwks_uri = case when ${keep('jwksUri')} then coalesce(${change.jwksUri}, jwks_uri) end,
           client_uri = case when ${keep('clientUri')} then coalesce(${change.clientUri}, client_uri) end,
           logo_uri = case when ${keep('logoUri')} then coalesce(${change.logoUri}, logo_uri) end,
           tos_uri = case when ${keep('tosUri')} then coalesce(${change.tosUri}, tos_uri) end,
           policy_uri = case when ${keep('policyUri')} then coalesce(${change.policyUri}, policy_uri) end,
           software_id = case when ${keep('softwareId')} then coalesce(${change.softwareId}, software_id) end,
           software_version = case when ${keep('softwareVersion')}
             then coalesce(${change.softwareVersion}, software_version) end,
           userinfo_signed_response_alg = case when ${keep('userinfoAlg')}
             then coalesce(${change.userinfoAlg}, userinfo_signed_response_alg) end,
           access_token_signed_response_alg = case when ${keep('accessTokenAlg')}
             then coalesce(${change.accessTokenAlg}, access_token_signed_response_alg) end,
           sector_identifier_uri = case when ${keep('sectorIdentifierUri')}
             then coalesce(${change.sectorIdentifierUri}, sector_identifier_uri) end,
           default_max_age = case when ${keep('defaultMaxAge')} then coalesce(${change.defaultMaxAge}, default_max_age) end,
           initiate_login_uri = case when ${keep('initiateLoginUri')}
             then coalesce(${change.initiateLoginUri}, initiate_login_uri) end,
           access_token_lifetime = case when ${keep('accessTokenLifetime')}
             then coalesce(${change.accessTokenLifetime}, access_token_lifetime) end,
           refresh_token_lifetime = case when ${keep('refreshTokenLifetime')}
             then coalesce(${change.refreshTokenLifetime}, refresh_token_lifetime) end,
           updated_at = ${now}, version = version + 1
     where client_id = ${clientId} and (${ifVersion}::bigint is null or version = ${ifVersion})
    returning ${CLIENT}`);
  if (row !== undefined) return toClient(row);
  const known = await db.query(sql`select from oauth_clients where client_id = ${clientId}`);
  return known.length === 1 ? 'stale' : 'unknown';
}
