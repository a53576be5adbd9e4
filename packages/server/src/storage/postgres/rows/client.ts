import type { ClientAuthMethod, ClientId, RegisteredGrant, TokenHash } from '@authly/oauth';
import type { Client, SigningAlgorithm } from '../../../model/client.js';
import { text } from '../sql.js';

/** Columns of `oauth_clients o`, with its secrets, oldest first. */
export const CLIENT = text`
  o.id, o.client_id, o.client_name, o.client_type, o.is_active, o.is_system, o.is_first_party, o.redirect_uris,
  o.post_logout_redirect_uris, o.grant_types, o.response_types, o.scopes, o.require_pkce, o.token_endpoint_auth_method,
  o.token_endpoint_auth_signing_alg, o.jwks, o.jwks_uri, o.client_uri, o.logo_uri, o.tos_uri, o.policy_uri, o.software_id,
  o.software_version, o.contacts, o.id_token_signed_response_alg, o.userinfo_signed_response_alg,
  o.access_token_signed_response_alg, o.subject_type, o.sector_identifier_uri, o.require_auth_time, o.default_max_age,
  o.initiate_login_uri, o.request_uris, o.application_type, o.access_token_lifetime, o.refresh_token_lifetime,
  o.created_at, o.updated_at, o.version,
  (select coalesce(json_agg(json_build_object('id', cs.id, 'hash', cs.secret_hash,
            'created', extract(epoch from cs.created_at), 'expires', extract(epoch from cs.expires_at))
            order by cs.created_at, cs.id), '[]')
     from client_secrets cs where cs.client = o.id) as secrets`;

export interface ClientRow {
  readonly id: string;
  readonly client_id: ClientId;
  readonly client_name: string;
  readonly client_type: Client['type'];
  readonly is_active: boolean;
  readonly is_system: boolean;
  readonly is_first_party: boolean;
  readonly redirect_uris: string[];
  readonly post_logout_redirect_uris: string[];
  readonly grant_types: RegisteredGrant[];
  readonly response_types: 'code'[];
  readonly scopes: string[];
  readonly require_pkce: boolean;
  readonly token_endpoint_auth_method: ClientAuthMethod;
  readonly token_endpoint_auth_signing_alg: string | null;
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] } | null;
  readonly jwks_uri: string | null;
  readonly client_uri: string | null;
  readonly logo_uri: string | null;
  readonly tos_uri: string | null;
  readonly policy_uri: string | null;
  readonly software_id: string | null;
  readonly software_version: string | null;
  readonly contacts: string[];
  readonly id_token_signed_response_alg: SigningAlgorithm;
  readonly userinfo_signed_response_alg: SigningAlgorithm | null;
  readonly access_token_signed_response_alg: SigningAlgorithm | null;
  readonly subject_type: Client['subjectType'];
  readonly sector_identifier_uri: string | null;
  readonly require_auth_time: boolean;
  readonly default_max_age: number | null;
  readonly initiate_login_uri: string | null;
  readonly request_uris: string[];
  readonly application_type: Client['applicationType'];
  readonly access_token_lifetime: number | null;
  readonly refresh_token_lifetime: number | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly version: string;
  readonly secrets: readonly {
    readonly id: string;
    readonly hash: TokenHash;
    /** Seconds since 1970. */
    readonly created: number;
    readonly expires: number | null;
  }[];
}

export function toClient(row: ClientRow): Client {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.client_name,
    type: row.client_type,
    isActive: row.is_active,
    isSystem: row.is_system,
    isFirstParty: row.is_first_party,
    secrets: row.secrets.map((secret) => ({
      id: secret.id,
      hash: secret.hash,
      createdAt: fromEpoch(secret.created),
      expiresAt: secret.expires === null ? undefined : fromEpoch(secret.expires),
    })),
    redirectUris: row.redirect_uris,
    postLogoutRedirectUris: row.post_logout_redirect_uris,
    grantTypes: row.grant_types,
    responseTypes: row.response_types,
    scopes: row.scopes,
    requirePkce: row.require_pkce,
    authMethod: row.token_endpoint_auth_method,
    authSigningAlg: row.token_endpoint_auth_signing_alg ?? undefined,
    jwks: row.jwks ?? undefined,
    jwksUri: row.jwks_uri ?? undefined,
    clientUri: row.client_uri ?? undefined,
    logoUri: row.logo_uri ?? undefined,
    tosUri: row.tos_uri ?? undefined,
    policyUri: row.policy_uri ?? undefined,
    softwareId: row.software_id ?? undefined,
    softwareVersion: row.software_version ?? undefined,
    contacts: row.contacts,
    idTokenAlg: row.id_token_signed_response_alg,
    userinfoAlg: row.userinfo_signed_response_alg ?? undefined,
    accessTokenAlg: row.access_token_signed_response_alg ?? undefined,
    subjectType: row.subject_type,
    sectorIdentifierUri: row.sector_identifier_uri ?? undefined,
    requireAuthTime: row.require_auth_time,
    defaultMaxAge: row.default_max_age ?? undefined,
    initiateLoginUri: row.initiate_login_uri ?? undefined,
    requestUris: row.request_uris,
    applicationType: row.application_type,
    accessTokenLifetime: row.access_token_lifetime ?? undefined,
    refreshTokenLifetime: row.refresh_token_lifetime ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: Number(row.version),
  };
}

function fromEpoch(seconds: number): Date {
  return new Date(Math.round(seconds * 1000));
}
