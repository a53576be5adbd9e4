import { STRANGER_SCOPES } from './client/identity-scopes.js';
import {
  ASSERTION_ALGORITHMS,
  CLIENT_AUTH_METHODS,
  DPOP_ALGORITHMS,
  SIGNING_ALGORITHMS,
  PROMPTS,
  RESPONSE_MODES,
  type GrantType,
  type ServerMetadata,
} from '@authly/oauth';
import type { Context } from '../ports/context.js';
import { PERSON_CLAIMS } from './userinfo/claims.js';
import { ACR_VALUES } from '../identity/assurance.js';
import { endpointMetadata } from './endpoints/table.js';
import { FIRST_PARTY_CLIENT_ID } from './first-party.js';
import { registrationMode } from './registration/mode.js';
import { GRANTS } from './token/grants/index.js';

/** What both discovery documents say. @spec RFC 8414 §2, OpenID Connect Discovery §3 */
// @check 3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19
export async function serverMetadata(context: Pick<Context, 'settings' | 'directory'>): Promise<ServerMetadata> {
  const { settings } = context;
  const { authorization_challenge_endpoint, registration_endpoint, ...addresses } = endpointMetadata(settings);
  const open = (await context.directory.resources()).all.filter((resource) => resource.isOpen);
  const askable = new Set([...STRANGER_SCOPES, ...open.flatMap((resource) => resource.scopes)]);
  const scopes = [...(await context.directory.scopes()).values()]
    // Libraries ask for all that is listed, so it is what anybody may ask for. @spec RFC 8414 §2 (some may be left out)
    .filter((scope) => scope.isActive && askable.has(scope.name))
    .map((scope) => scope.name);
  const grants = (Object.keys(GRANTS) as GrantType[]).filter(
    (grant) => grant !== 'password' || settings['password_grant.enabled'],
  );
  const resourceMethods = CLIENT_AUTH_METHODS.filter((method) => method !== 'none');
  return {
    issuer: settings.issuer,
    ...addresses,
    ...((await registrationMode(context)) !== 'off' && { registration_endpoint }),
    ...(settings['challenge_endpoint.enabled'] && { authorization_challenge_endpoint }),
    response_types_supported: ['code'],
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: grants,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: resourceMethods,
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    require_pushed_authorization_requests: settings['authorization.require_par'],
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: SIGNING_ALGORITHMS,
    userinfo_signing_alg_values_supported: SIGNING_ALGORITHMS,
    scopes_supported: scopes,
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'acr',
      'amr',
      'sid',
      'at_hash',
      ...PERSON_CLAIMS,
    ],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    claims_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    prompt_values_supported: PROMPTS,
    ui_locales_supported: ['en'],
    acr_values_supported: ACR_VALUES,
    display_values_supported: ['page'],
    service_documentation: `${settings.issuer.replace(/\/$/, '')}/docs`,
  };
}

/** All that a command line needs to log in, given nothing but this server's address. */
export async function cliConfiguration(
  context: Pick<Context, 'settings' | 'directory'>,
): Promise<Record<string, unknown>> {
  const { settings } = context;
  const at = endpointMetadata(settings);
  const client = await context.directory.client(FIRST_PARTY_CLIENT_ID);
  const known = await context.directory.scopes();
  const scopes = ['openid', 'profile', 'email', 'offline_access'].filter((scope) => known.get(scope)?.isActive);
  return {
    issuer: settings.issuer,
    client_id: client?.isActive ? client.clientId : undefined,
    scopes,
    api_url: settings.issuer,
    authorization_endpoint: at.authorization_endpoint,
    token_endpoint: at.token_endpoint,
    device_authorization_endpoint: at.device_authorization_endpoint,
    ...(settings['challenge_endpoint.enabled'] && {
      authorization_challenge_endpoint: at.authorization_challenge_endpoint,
    }),
    revocation_endpoint: at.revocation_endpoint,
    redirect_uris: client?.redirectUris ?? [],
  };
}
