/** How a client proves who it is at the token endpoint, in the order in which discovery lists them: some clients take the first. @spec RFC 7591 §2, OpenID Connect Core §9 */
export const CLIENT_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** The only accepted value of `client_assertion_type`. @spec RFC 7523 §2.2 */
export const JWT_BEARER_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
