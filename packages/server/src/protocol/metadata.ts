import { CLIENT_AUTH_METHODS, PROMPTS, RESPONSE_MODES, type GrantType, type ServerMetadata } from '@authly/oauth';
import type { Context } from '../ports/context.js';
import { PERSON_CLAIMS } from './claims.js';
import { ACR_VALUES } from './authorize/acr.js';
import { FIRST_PARTY_CLIENT_ID } from './first-party.js';
import { GRANTS } from './token/grants/index.js';

const ASSERTION_ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'];

/** The addresses of the endpoints, made from the configured issuer alone. */
export function endpoints(
  context: Pick<Context, 'settings'>,
): Readonly<
  Record<
    'authorize' | 'challenge' | 'token' | 'introspect' | 'revoke' | 'device' | 'userinfo' | 'jwks' | 'logout',
    string
  >
> {
  const base = context.settings.issuer.replace(/\/$/, '');
  const api = `${base}${context.settings.api_prefix}`;
  return {
    authorize: `${api}/oauth/authorize`,
    challenge: `${api}/oauth/authorize-challenge`,
    token: `${api}/oauth/token`,
    introspect: `${api}/oauth/introspect`,
    revoke: `${api}/oauth/revoke`,
    device: `${api}/oauth/device_authorization`,
    userinfo: `${base}/oidc/userinfo`,
    jwks: `${base}/.well-known/jwks.json`,
    logout: `${base}/oidc/logout`,
  };
}

/** What both discovery documents say. @spec RFC 8414 §2, OpenID Connect Discovery §3 */
// @check 3, 5, 6, 7, 9, 10, 11, 14, 15, 17, 18, 19
export async function serverMetadata(context: Pick<Context, 'settings' | 'directory'>): Promise<ServerMetadata> {
  const at = endpoints(context);
  const { settings } = context;
  const scopes = [...(await context.directory.scopes()).values()]
    .filter((scope) => scope.isActive)
    .map((scope) => scope.name);
  const grants = (Object.keys(GRANTS) as GrantType[]).filter(
    (grant) => grant !== 'password' || settings['password_grant.enabled'],
  );
  const resourceMethods = CLIENT_AUTH_METHODS.filter((method) => method !== 'none');
  return {
    issuer: settings.issuer,
    authorization_endpoint: at.authorize,
    token_endpoint: at.token,
    jwks_uri: at.jwks,
    userinfo_endpoint: at.userinfo,
    introspection_endpoint: at.introspect,
    revocation_endpoint: at.revoke,
    end_session_endpoint: at.logout,
    device_authorization_endpoint: at.device,
    ...(settings['challenge_endpoint.enabled'] && { authorization_challenge_endpoint: at.challenge }),
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
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256', 'PS256', 'EdDSA'],
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
  const at = endpoints(context);
  const client = await context.directory.client(FIRST_PARTY_CLIENT_ID);
  const known = await context.directory.scopes();
  const scopes = ['openid', 'profile', 'email', 'offline_access'].filter((scope) => known.get(scope)?.isActive);
  return {
    issuer: context.settings.issuer,
    client_id: client?.isActive ? client.clientId : undefined,
    scopes,
    api_url: context.settings.issuer,
    authorization_endpoint: at.authorize,
    token_endpoint: at.token,
    device_authorization_endpoint: at.device,
    ...(context.settings['challenge_endpoint.enabled'] && { authorization_challenge_endpoint: at.challenge }),
    revocation_endpoint: at.revoke,
    redirect_uris: client?.redirectUris ?? [],
  };
}
