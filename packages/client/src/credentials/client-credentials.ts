/** A program's own credential. */
import { requestClientCredentials } from '../flows/client-credentials.js';
import { oauthCredential, type OAuthCredentialOptions, type SessionCredential } from './oauth-credential.js';

/** A credential for a program that speaks for itself, with a secret, a private key or an assertion. */
export function clientCredentialsCredential(options: OAuthCredentialOptions): SessionCredential {
  return oauthCredential(options, {
    method: 'client_credentials',
    acquire: requestClientCredentials,
    unattended: true,
    reacquire: true,
  });
}
