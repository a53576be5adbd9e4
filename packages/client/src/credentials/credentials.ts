/** The credentials, under one name. */
import { apiKeyCredential, staticTokenCredential } from './api-key.js';
import { chainCredential } from './chain.js';
import { clientCredentialsCredential } from './client-credentials.js';
import { externalCredential } from './external.js';
import { authorizationCodeCredential, deviceCodeCredential, passwordCredential } from './interactive.js';

/**
 * Every way to come by a token. Making one asks nobody; `getToken` rejects with AuthErrors.
 *
 * @spec RFC 6749 §4, RFC 8628, RFC 8252
 * @example
 * ```ts
 * const credential = credentials.clientCredentials({ issuer, clientId: 'ci', clientSecret: Secret.env('CI_SECRET') });
 * const client = new AuthClient({ credential });
 * ```
 */
export const credentials = {
  /** An API key or personal access token, in the Authorization header or another. */
  apiKey: apiKeyCredential,
  /** An access token that was made elsewhere. */
  staticToken: staticTokenCredential,
  /** A program that speaks for itself. */
  clientCredentials: clientCredentialsCredential,
  /** A person with a browser on this computer. */
  authorizationCode: authorizationCodeCredential,
  /** A person with a browser anywhere. */
  deviceCode: deviceCodeCredential,
  /** A person's user name and password, with a second factor. */
  password: passwordCredential,
  /** Another program's output. */
  external: externalCredential,
  /** The first of several that is set up. */
  chain: chainCredential,
} as const;
