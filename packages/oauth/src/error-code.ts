/** The registered error codes of OAuth and OpenID Connect that Authly answers with. */
export type OAuthErrorCode =
  // RFC 6749 §4.1.2.1 and §5.2
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable'
  // RFC 6750 §3.1
  | 'invalid_token'
  | 'insufficient_scope'
  // RFC 9470 §3
  | 'insufficient_user_authentication'
  // OpenID Connect Core §3.1.2.6
  | 'interaction_required'
  | 'login_required'
  | 'account_selection_required'
  | 'consent_required'
  | 'invalid_request_uri'
  | 'invalid_request_object'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'
  // OpenID Connect Unmet Authentication Requirements §2
  | 'unmet_authentication_requirements'
  // RFC 9449 §5, §8
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  // RFC 8707 §2
  | 'invalid_target'
  // RFC 7591 §3.2.2
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'invalid_software_statement'
  // RFC 7009 §2.2.1
  | 'unsupported_token_type'
  // RFC 8628 §3.5
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  // draft-ietf-oauth-first-party-apps §5.2.2.1
  | 'insufficient_authorization'
  | 'invalid_session'
  | 'redirect_to_web'
  // Not registered: a second factor is missing at the token endpoint, which can't ask for it
  | 'mfa_required';

/** The HTTP status that an error code is answered with outside the authorization endpoint. */
export function statusOfError(code: OAuthErrorCode): number {
  switch (code) {
    case 'invalid_client':
    case 'invalid_token':
    case 'insufficient_user_authentication':
      return 401;
    case 'insufficient_scope':
    case 'insufficient_authorization':
    case 'redirect_to_web':
    case 'mfa_required':
      return 403;
    case 'server_error':
      return 500;
    case 'temporarily_unavailable':
      return 503;
    default:
      return 400;
  }
}
