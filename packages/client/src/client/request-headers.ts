/** The headers for a request that somebody else sends. */
import type { Credential, TokenRequest } from '../credentials/credential.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import { requireTrusted } from '../resource/trusted-origins.js';

/** Puts the token into headers for one address. Rejects with UntrustedOriginError, and with ConfigurationError for tokens that are bound to a key. */
export async function requestHeaders(
  credential: Credential,
  url: URL,
  origins: ReadonlySet<string>,
  request: TokenRequest | undefined,
): Promise<Headers> {
  requireTrusted(url, origins);
  const token = await credential.getToken(request);
  const headers = new Headers();
  if (token.type === 'DPoP') throw needsProof();
  if (credential.authorize) credential.authorize(headers, token);
  else headers.set('authorization', `Bearer ${token.token}`);
  return headers;
}

function needsProof(): ConfigurationError {
  return new ConfigurationError({
    message: 'Headers alone cannot carry this token.',
    reason: 'It is bound to a key, and each request needs a proof of its own.',
    hint: 'Send the request with client.fetch.',
  });
}
