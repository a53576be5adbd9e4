/** The client id of our own command line: public, made at the first start, the `aud` of ID tokens of the password grant. */
export const FIRST_PARTY_CLIENT_ID = 'authly';

/** How well a person proved who they are with a password alone. */
export const ACR_PASSWORD = 'urn:authly:acr:password';

/** How well a person proved who they are with a password and a second factor. */
export const ACR_MULTI_FACTOR = 'urn:authly:acr:mfa';
