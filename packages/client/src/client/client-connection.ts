/** The server behind a client's credential. */
import {
  WWWAuthenticateChallengeError,
  allowInsecureRequests,
  customFetch,
  isDPoPNonceError,
  protectedResourceRequest,
} from 'oauth4webapi';
import type { AccessToken, Credential } from '../credentials/credential.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import { connect, type ClientOptions, type Connection } from '../flows/connection.js';
import { hasSession } from './auth-status.js';
import type { Call } from './authorized-fetch.js';
import type { Resolution } from './resolve-credential.js';

/** Connects to the server of a credential. Rejects with ConfigurationError when nobody has named one. */
export async function connectionOf(resolution: Resolution, options: Partial<ClientOptions>): Promise<Connection> {
  const { credential, issuer } = resolution;
  if (hasSession(credential)) return credential.connection();
  if (issuer) return connect({ ...options, issuer, clientId: options.clientId ?? 'authly-client' });
  throw new ConfigurationError({
    message: 'No authorization server is configured.',
    reason: 'The credential is a bare key or token, so nobody has said where it comes from.',
    hint: 'Set the issuer in the profile or in the environment.',
  });
}

/**
 * Connects in order to ask about tokens: as the client where there is one, and otherwise in the name of the bare key or token itself, for which no client
 * is registered.
 *
 * @spec RFC 7662 §2.1
 */
export async function connectionToAsk(resolution: Resolution, options: Partial<ClientOptions>): Promise<Connection> {
  const connection = await connectionOf(resolution, options);
  const { credential } = resolution;
  if (hasSession(credential) || options.clientId !== undefined) return connection;
  return {
    ...connection,
    authentication: async (_server, _client, _body, headers) => {
      headers.set('authorization', `Bearer ${(await credential.getToken()).token}`);
    },
  };
}

/**
 * Sends a request with a token that is bound to a key, once more when the API asks for a fresh nonce.
 *
 * @spec RFC 9449 §7
 */
export async function sendBoundRequest(
  credential: Credential,
  token: AccessToken,
  call: Call,
  options: { readonly fetch?: typeof globalThis.fetch },
): Promise<Response> {
  if (!hasSession(credential)) throw new Error('a bound token comes from a session');
  const { dpop } = await credential.connection();
  const { url, method, headers, body, signal } = call;
  const send = () =>
    protectedResourceRequest(token.token, method, url, headers, null, {
      DPoP: dpop,
      signal,
      [allowInsecureRequests]: url.protocol === 'http:',
      // The library knows fewer kinds of body than fetch does.
      [customFetch]: (target, init) => (options.fetch ?? globalThis.fetch)(target, { ...init, body }),
    });
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof WWWAuthenticateChallengeError)) throw error;
    return isDPoPNonceError(error) && call.replayable ? again(send) : error.response;
  }
}

async function again(send: () => Promise<Response>): Promise<Response> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof WWWAuthenticateChallengeError) return error.response;
    throw error;
  }
}
