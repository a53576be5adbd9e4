import type { OAuthErrorCode } from './error-code.js';

/** The answer of the token endpoint. @spec RFC 6749 §5.1 */
export interface TokenResponse {
  readonly access_token: string;
  /** DPoP: the access token is bound to the key of the request's proof. @spec RFC 9449 §5 */
  readonly token_type: 'Bearer' | 'DPoP';
  /** Seconds until the access token expires. */
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  /** True while the person must choose a new password first. */
  readonly requires_password_change?: boolean;
}

/** The error answer of every OAuth endpoint. @spec RFC 6749 §5.2 */
export interface ErrorResponse {
  readonly error: OAuthErrorCode;
  readonly error_description?: string;
  readonly error_uri?: string;
}

/** The answer of the introspection endpoint. @spec RFC 7662 §2.2 */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly scope: string;
      readonly client_id?: string;
      readonly username?: string;
      readonly token_type: string;
      /** Seconds since 1970. */
      readonly exp?: number;
      readonly iat?: number;
      readonly nbf?: number;
      readonly sub?: string;
      readonly aud?: string | readonly string[];
      readonly iss?: string;
      readonly jti?: string;
      readonly auth_time?: number;
      readonly acr?: string;
      readonly amr?: readonly string[];
      readonly sid?: string;
      /** Which key whoever presents the token must prove. @spec RFC 7800 §3.1, RFC 9449 §6.2 */
      readonly cnf?: { readonly jkt: string };
    };
