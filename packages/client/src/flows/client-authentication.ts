/** How a client proves who it is at the token endpoint. */
import { ClientSecretBasic, ClientSecretPost, None, PrivateKeyJwt, type ClientAuth } from 'oauth4webapi';
import { ConfigurationError } from '../errors/credential-errors.js';
import type { ClientOptions } from './connection.js';
import type { AuthorizationServer } from './discovery.js';

/** The registered names of the methods that this package speaks. */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

/** A private key as a JSON Web Key (RFC 7517), with the name that the server knows it by. */
export type PrivateJwk = JsonWebKey & { readonly kid?: string };

/**
 * Chooses the method: an assertion or a key before a secret, the secret in the header unless the server takes it in the body only.
 *
 * @spec RFC 6749 §2.3
 */
export async function chooseClientAuthentication(
  options: ClientOptions,
  server: AuthorizationServer,
): Promise<ClientAuth> {
  if (options.assertion) return assertionAuthentication(options.assertion);
  if (options.privateKeyJwk) return keyAuthentication(options.privateKeyJwk);
  if (!options.clientSecret) return None();
  const secret = options.clientSecret;
  const method = options.clientAuthentication ?? secretMethod(server);
  // Revealed for each request, so that a secret in a file or a variable may change while the program runs.
  const basic: ClientAuth = (...request) => ClientSecretBasic(secret.reveal())(...request);
  const post: ClientAuth = (...request) => ClientSecretPost(secret.reveal())(...request);
  return method === 'client_secret_post' ? post : basic;
}

function secretMethod(server: AuthorizationServer): ClientAuthenticationMethod {
  const offered = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return offered.includes('client_secret_post') && !offered.includes('client_secret_basic')
    ? 'client_secret_post'
    : 'client_secret_basic';
}

function assertionAuthentication(assertion: () => Promise<string>): ClientAuth {
  return async (_server, client, body) => {
    body.set('client_id', client.client_id);
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    body.set('client_assertion', await assertion());
  };
}

async function keyAuthentication(jwk: PrivateJwk): Promise<ClientAuth> {
  const key = await importSigningKey(jwk);
  return PrivateKeyJwt(jwk.kid === undefined ? key : { key, kid: jwk.kid });
}

async function importSigningKey(jwk: PrivateJwk): Promise<CryptoKey> {
  try {
    const { key_ops: _operations, use: _use, ext: _extractable, ...bare } = jwk;
    return await crypto.subtle.importKey('jwk', bare, algorithmOf(jwk), false, ['sign']);
  } catch {
    // No cause: it could quote the key.
    throw new ConfigurationError({
      message: 'The private key of the client cannot be used.',
      reason: 'It is not a private signing key that this program knows.',
      hint: 'Use an EC (P-256, P-384, P-521), Ed25519 or RSA key as a JSON Web Key.',
    });
  }
}

function algorithmOf(jwk: PrivateJwk): EcKeyImportParams | RsaHashedImportParams | Algorithm {
  if (jwk.kty === 'EC') return { name: 'ECDSA', namedCurve: jwk.crv ?? '' };
  if (jwk.kty === 'OKP') return { name: jwk.crv ?? '' };
  const alg = jwk.alg ?? 'RS256';
  return { name: alg.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: `SHA-${alg.slice(2)}` };
}
