/** The grant types that Authly knows, by their registered names. */
export const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'password',
  'urn:ietf:params:oauth:grant-type:device_code',
] as const;

/** @spec RFC 6749 §4, RFC 8628 §3.4 */
export type GrantType = (typeof GRANT_TYPES)[number];

/** Tells whether a string is the name of a grant type that Authly knows. */
export function isGrantType(value: string): value is GrantType {
  return (GRANT_TYPES as readonly string[]).includes(value);
}

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code' satisfies GrantType;

/**
 * Stands among the grant types of a client that may send names and passwords to the authorization challenge endpoint. No grant of
 * the token endpoint: what comes out there is an ordinary authorization code.
 */
export const AUTHORIZATION_CHALLENGE = 'urn:authly:grant-type:authorization-challenge';

/** What a client can be registered for. */
export type RegisteredGrant = GrantType | typeof AUTHORIZATION_CHALLENGE;
