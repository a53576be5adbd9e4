import type { Received } from '@authly/admin-api';
import type { ClientChange, OptionalClientField } from '../../ports/store/registrations.js';

/** A change of a client as the store takes it. */
export interface ChangeOfClient {
  readonly change: ClientChange;
  readonly clear: readonly OptionalClientField[];
  /** The names of the fields that were given, as the caller knows them. */
  readonly fields: readonly string[];
}

type Body = Partial<Received<'updateClient'>['body']>;

/** Reads a change field by field: what is missing stays, null clears; what is not in these tables goes nowhere. */
export function readClientChange(body: Body): ChangeOfClient {
  const names = Object.keys({ ...REQUIRED, ...OPTIONAL }) as (keyof typeof REQUIRED | keyof typeof OPTIONAL)[];
  const given = names.filter((name) => body[name] !== undefined);
  const change: Record<string, unknown> = {};
  const clear: OptionalClientField[] = [];
  for (const name of given) {
    if (name in OPTIONAL && body[name] === null) clear.push(OPTIONAL[name as keyof typeof OPTIONAL]);
    else change[{ ...REQUIRED, ...OPTIONAL }[name]] = body[name];
  }
  return { change, clear, fields: given };
}

const REQUIRED = {
  client_name: 'name',
  is_active: 'isActive',
  redirect_uris: 'redirectUris',
  post_logout_redirect_uris: 'postLogoutRedirectUris',
  scopes: 'scopes',
  grant_types: 'grantTypes',
  response_types: 'responseTypes',
  require_pkce: 'requirePkce',
  token_endpoint_auth_method: 'authMethod',
  id_token_signed_response_alg: 'idTokenAlg',
  subject_type: 'subjectType',
  require_auth_time: 'requireAuthTime',
  request_uris: 'requestUris',
  application_type: 'applicationType',
  contacts: 'contacts',
} as const satisfies Partial<Record<keyof Body, keyof ClientChange>>;

const OPTIONAL = {
  jwks: 'jwks',
  jwks_uri: 'jwksUri',
  client_uri: 'clientUri',
  logo_uri: 'logoUri',
  tos_uri: 'tosUri',
  policy_uri: 'policyUri',
  software_id: 'softwareId',
  software_version: 'softwareVersion',
  access_token_lifetime: 'accessTokenLifetime',
  refresh_token_lifetime: 'refreshTokenLifetime',
  userinfo_signed_response_alg: 'userinfoAlg',
  sector_identifier_uri: 'sectorIdentifierUri',
  default_max_age: 'defaultMaxAge',
  initiate_login_uri: 'initiateLoginUri',
} as const satisfies Partial<Record<keyof Body, OptionalClientField>>;
