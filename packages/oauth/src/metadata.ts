import type { ClientAuthMethod } from './client/client-auth-method.js';
import type { GrantType } from './grant-type.js';
import type { ResponseMode } from './authorization/response-mode.js';

/** The metadata that both discovery documents print. @spec RFC 8414 §2, OpenID Connect Discovery §3 */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly userinfo_endpoint: string;
  readonly introspection_endpoint: string;
  readonly revocation_endpoint: string;
  readonly end_session_endpoint: string;
  readonly device_authorization_endpoint?: string;
  /** Absent where logins inside programs are switched off. @spec draft-ietf-oauth-first-party-apps §8 */
  readonly authorization_challenge_endpoint?: string;
  /** Absent where clients cannot register themselves. @spec RFC 7591 §3 */
  readonly registration_endpoint?: string;
  readonly response_types_supported: readonly ['code'];
  readonly response_modes_supported: readonly ResponseMode[];
  readonly grant_types_supported: readonly GrantType[];
  readonly code_challenge_methods_supported: readonly ['S256'];
  readonly token_endpoint_auth_methods_supported: readonly ClientAuthMethod[];
  readonly token_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly introspection_endpoint_auth_methods_supported: readonly ClientAuthMethod[];
  readonly introspection_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly revocation_endpoint_auth_methods_supported: readonly ClientAuthMethod[];
  readonly revocation_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly pushed_authorization_request_endpoint: string;
  readonly require_pushed_authorization_requests: boolean;
  readonly dpop_signing_alg_values_supported: readonly string[];
  readonly authorization_response_iss_parameter_supported: true;
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
  readonly userinfo_signing_alg_values_supported: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly claims_supported: readonly string[];
  readonly backchannel_logout_supported: boolean;
  readonly backchannel_logout_session_supported: boolean;
  readonly frontchannel_logout_supported: boolean;
  readonly frontchannel_logout_session_supported: boolean;
  readonly claims_parameter_supported: boolean;
  readonly request_parameter_supported: boolean;
  readonly request_uri_parameter_supported: boolean;
  readonly prompt_values_supported: readonly string[];
  readonly ui_locales_supported: readonly string[];
  readonly acr_values_supported: readonly string[];
  readonly display_values_supported: readonly string[];
  readonly service_documentation?: string;
}
