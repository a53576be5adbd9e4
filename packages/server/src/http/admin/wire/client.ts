import type { Reply } from '@authly/admin-api';
import { formatScope } from '@authly/oauth';
import type { Client } from '../../../model/client.js';
import { IDENTITY_SCOPES } from '../../../protocol/client/allowed-scopes.js';
import { iso, isoOrNull } from './time.js';

/** A client as every answer shows it, field by field: of its secrets nothing but when an old one ends. */
export function clientReply(client: Client, now: Date): Reply<'getClient'> {
  return {
    id: client.id,
    client_id: client.clientId,
    client_name: client.name,
    client_type: client.type,
    is_active: client.isActive,
    is_system: client.isSystem,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    grant_types: [...client.grantTypes],
    response_types: [...client.responseTypes],
    scope: client.scopes.length === 0 ? null : formatScope(client.scopes),
    assigned_scopes: [...client.scopes],
    require_pkce: client.requirePkce,
    token_endpoint_auth_method: client.authMethod,
    jwks: client.jwks ? { keys: [...client.jwks.keys] } : null,
    jwks_uri: client.jwksUri ?? null,
    client_uri: client.clientUri ?? null,
    logo_uri: client.logoUri ?? null,
    tos_uri: client.tosUri ?? null,
    policy_uri: client.policyUri ?? null,
    software_id: client.softwareId ?? null,
    software_version: client.softwareVersion ?? null,
    ...oidcFields(client),
    access_token_lifetime: client.accessTokenLifetime ?? null,
    refresh_token_lifetime: client.refreshTokenLifetime ?? null,
    previous_secret_expires_at: isoOrNull(previousSecretEnd(client, now)),
    created_at: iso(client.createdAt),
    updated_at: iso(client.updatedAt),
  };
}

/** The OpenID Connect settings of a client as they are stored. */
export function clientOidcReply(client: Client): Reply<'getClientOidc'> {
  return {
    client_id: client.clientId,
    client_name: client.name,
    ...oidcFields(client),
    is_oidc_client: client.scopes.includes('openid'),
    oidc_scopes: client.scopes.filter((scope) => IDENTITY_SCOPES.has(scope)),
  };
}

function oidcFields(client: Client) {
  return {
    id_token_signed_response_alg: client.idTokenAlg,
    userinfo_signed_response_alg: client.userinfoAlg ?? null,
    subject_type: client.subjectType,
    sector_identifier_uri: client.sectorIdentifierUri ?? null,
    require_auth_time: client.requireAuthTime,
    default_max_age: client.defaultMaxAge ?? null,
    initiate_login_uri: client.initiateLoginUri ?? null,
    request_uris: [...client.requestUris],
    application_type: client.applicationType,
    contacts: [...client.contacts],
  };
}

function previousSecretEnd(client: Client, now: Date): Date | undefined {
  const ends = client.secrets.flatMap(({ expiresAt }) =>
    expiresAt !== undefined && expiresAt > now ? [expiresAt] : [],
  );
  return ends.toSorted((left, right) => right.getTime() - left.getTime())[0];
}
