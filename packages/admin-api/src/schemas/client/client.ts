import { z } from 'zod';
import {
  applicationType,
  authMethod,
  clientName,
  clientType,
  contacts,
  grantTypes,
  jwks,
  lifetime,
  oidcChangeFields,
  oidcSettings,
  redirectUris,
  responseTypes,
  subjectType,
} from './client-fields.js';
import { clientProblems } from './client-rules.js';
import {
  clearable,
  defaulted,
  httpsUri,
  message,
  optional,
  queryFlag,
  queryLimit,
  queryOffset,
  scopeInput,
  text,
  time,
  webUri,
} from '../fields.js';

/** Bodies and answers of /admin/clients. @spec surface §1.11, §4 */

/** The body that creates a client. Unknown keys are ignored, null means "not given". */
export const clientCreation = z
  .object({
    client_name: clientName,
    client_type: clientType,
    redirect_uris: defaulted(redirectUris, []),
    post_logout_redirect_uris: defaulted(redirectUris, []),
    scope: optional(scopeInput),
    scopes: optional(scopeInput),
    grant_types: optional(grantTypes),
    response_types: defaulted(responseTypes, ['code']),
    require_pkce: defaulted(z.boolean(), true),
    token_endpoint_auth_method: optional(authMethod),
    jwks: optional(jwks),
    jwks_uri: optional(httpsUri('jwks_uri')),
    client_uri: optional(webUri('client_uri')),
    logo_uri: optional(webUri('logo_uri')),
    tos_uri: optional(webUri('tos_uri')),
    policy_uri: optional(webUri('policy_uri')),
    software_id: optional(text('software_id', 255)),
    software_version: optional(text('software_version', 100)),
    id_token_signed_response_alg: defaulted(oidcSettings.id_token_signed_response_alg, 'RS256'),
    userinfo_signed_response_alg: optional(oidcSettings.userinfo_signed_response_alg),
    subject_type: defaulted(oidcSettings.subject_type, 'public'),
    sector_identifier_uri: optional(oidcSettings.sector_identifier_uri),
    require_auth_time: defaulted(oidcSettings.require_auth_time, false),
    default_max_age: optional(oidcSettings.default_max_age),
    initiate_login_uri: optional(oidcSettings.initiate_login_uri),
    request_uris: defaulted(oidcSettings.request_uris, []),
    application_type: defaulted(oidcSettings.application_type, 'web'),
    contacts: defaulted(contacts, []),
    access_token_lifetime: optional(lifetime),
    refresh_token_lifetime: optional(lifetime),
  })
  .transform(({ scope, scopes, ...rest }) => ({
    ...rest,
    scopes: [...new Set([...(scope ?? []), ...(scopes ?? [])])],
    grant_types: rest.grant_types ?? (['authorization_code', 'refresh_token'] as const),
    token_endpoint_auth_method:
      rest.token_endpoint_auth_method ??
      (rest.client_type === 'public' ? ('none' as const) : ('client_secret_basic' as const)),
  }))
  .superRefine((client, context) => {
    for (const problem of clientProblems(client))
      context.addIssue({ code: 'custom', path: [problem.field], message: problem.message });
  });

/**
 * The body that changes a client: what is missing stays, null clears what can be absent. Whoever applies it checks the result
 * with `clientProblems`. A client_type other than the present one is refused by the server.
 */
export const clientChange = z
  .object({
    client_name: optional(clientName),
    client_type: optional(clientType),
    is_active: optional(z.boolean()),
    redirect_uris: optional(redirectUris),
    post_logout_redirect_uris: optional(redirectUris),
    scope: optional(scopeInput),
    scopes: optional(scopeInput),
    grant_types: optional(grantTypes),
    response_types: optional(responseTypes),
    require_pkce: optional(z.boolean()),
    token_endpoint_auth_method: optional(authMethod),
    jwks: clearable(jwks),
    jwks_uri: clearable(httpsUri('jwks_uri')),
    client_uri: clearable(webUri('client_uri')),
    logo_uri: clearable(webUri('logo_uri')),
    tos_uri: clearable(webUri('tos_uri')),
    policy_uri: clearable(webUri('policy_uri')),
    software_id: clearable(text('software_id', 255)),
    software_version: clearable(text('software_version', 100)),
    access_token_lifetime: clearable(lifetime),
    refresh_token_lifetime: clearable(lifetime),
    ...oidcChangeFields(),
  })
  .transform(({ scope, scopes, ...rest }) => ({
    ...rest,
    scopes: scope || scopes ? [...new Set([...(scope ?? []), ...(scopes ?? [])])] : undefined,
  }));

/** The body that changes OpenID Connect settings. */
export const clientOidcChange = z.object(oidcChangeFields());

/** A client as every answer shows it: never a secret, never a hash. */
export const client = z.object({
  id: z.string(),
  client_id: z.string(),
  client_name: z.string(),
  client_type: clientType,
  is_active: z.boolean(),
  /** Made by the server itself; it can't be deleted, deactivated or given another type. */
  is_system: z.boolean(),
  redirect_uris: z.array(z.string()),
  post_logout_redirect_uris: z.array(z.string()),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  /** The assigned scopes with spaces between them. */
  scope: z.string().nullable(),
  assigned_scopes: z.array(z.string()),
  require_pkce: z.boolean(),
  token_endpoint_auth_method: z.string(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).nullable(),
  jwks_uri: z.string().nullable(),
  client_uri: z.string().nullable(),
  logo_uri: z.string().nullable(),
  tos_uri: z.string().nullable(),
  policy_uri: z.string().nullable(),
  software_id: z.string().nullable(),
  software_version: z.string().nullable(),
  id_token_signed_response_alg: z.string(),
  userinfo_signed_response_alg: z.string().nullable(),
  subject_type: subjectType,
  sector_identifier_uri: z.string().nullable(),
  require_auth_time: z.boolean(),
  default_max_age: z.int().nullable(),
  initiate_login_uri: z.string().nullable(),
  request_uris: z.array(z.string()),
  application_type: applicationType,
  contacts: z.array(z.string()),
  access_token_lifetime: z.int().nullable(),
  refresh_token_lifetime: z.int().nullable(),
  /** When a replaced secret stops working; null while only one works. */
  previous_secret_expires_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

/** The answer to a creation: the client, and its secret for this one time (null for a client without one). */
export const createdClient = client.extend({ client_secret: z.string().nullable() });

export const clientListQuery = z.object({
  limit: queryLimit(1000, 100),
  offset: queryOffset('offset'),
  include_inactive: queryFlag,
  /** Part of a name or of a client id. */
  search: z.string().max(255).optional(),
});

export const clientParams = z.object({ client_id: z.string().min(1).max(255) });

export const secretRegeneration = z
  .object({
    overlap_seconds: defaulted(
      z.int().min(0, 'overlap_seconds must not be negative').max(2_592_000, 'overlap_seconds must be at most 30 days'),
      0,
    ),
  })
  .nullish()
  .transform((body) => body ?? { overlap_seconds: 0 });

export const regeneratedSecret = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  /** The same value; older clients read this name. */
  new_secret: z.string(),
  client_type: clientType,
  client_name: z.string(),
  previous_secret_expires_at: time.nullable(),
  message,
});

export const deletedClient = z.object({ client_id: z.string(), message });

export const clientOidc = client
  .pick({
    client_id: true,
    client_name: true,
    id_token_signed_response_alg: true,
    userinfo_signed_response_alg: true,
    subject_type: true,
    sector_identifier_uri: true,
    require_auth_time: true,
    default_max_age: true,
    initiate_login_uri: true,
    request_uris: true,
    application_type: true,
    contacts: true,
  })
  .extend({ is_oidc_client: z.boolean(), oidc_scopes: z.array(z.string()) });

export const changedClientOidc = z.object({ client_id: z.string(), message, updated_fields: z.array(z.string()) });

export const algorithms = z.object({
  supported_algorithms: z.array(z.object({ algorithm: z.string(), description: z.string(), default: z.boolean() })),
  subject_types: z.array(z.object({ type: z.string(), description: z.string(), default: z.boolean() })),
});
