/** Finding out what an authorization server offers, from nothing but its issuer. */
import {
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
  type AuthorizationServer as StandardMetadata,
} from 'oauth4webapi';
import { isAuthError } from '../errors/auth-error.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import { OAuthProtocolError } from '../errors/service-errors.js';
import { isSafeUrl } from './safe-url.js';
import { boundedFetch, refuseRedirect, type HttpOptions } from './http.js';
import { translated } from './oauth-failure.js';

/** Metadata of an authorization server, with the endpoint of first-party challenges. */
export type AuthorizationServer = StandardMetadata & { readonly authorization_challenge_endpoint?: string };

/**
 * Reads the metadata of an issuer: the OpenID Connect address first, which is the fuller one, then RFC 8414's. Rejects with ConfigurationError when
 * there is none, OAuthProtocolError when it belongs to another issuer or names an unsafe address, and with network errors.
 *
 * @spec RFC 8414 §3
 * @example
 * ```ts
 * const server = await discover('https://auth.example.com');
 * ```
 */
export async function discover(issuer: string, http: HttpOptions = {}): Promise<AuthorizationServer> {
  const url = checkedIssuer(issuer);
  const options = { [customFetch]: boundedFetch(http), [allowInsecureRequests]: url.protocol === 'http:' };
  const answers: Response[] = [];
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    const answer = await discoveryRequest(url, { ...options, algorithm });
    answers.push(answer);
    if (answer.status !== 200) continue;
    const metadata = await translated(() => processDiscoveryResponse(url, answer)).catch((error) => {
      // A server that answers every path with the same page offers no metadata here; one that names another issuer does, and must not be used.
      if (algorithm === 'oidc' && !isAuthError(error, 'issuer_mismatch')) return undefined;
      throw error;
    });
    if (metadata) return checkedMetadata(metadata);
  }
  for (const answer of answers) refuseRedirect(answer, url);
  throw new ConfigurationError({
    message: `No authorization server was found at ${issuer}.`,
    reason: 'It publishes neither OpenID Connect nor OAuth metadata.',
    hint: 'Check the issuer address.',
  });
}

function checkedIssuer(issuer: string): URL {
  if (isSafeUrl(issuer)) return new URL(issuer);
  throw new ConfigurationError({
    message: 'The issuer address cannot be used.',
    reason: 'It must be an https address; http is allowed for this computer only.',
    hint: 'Correct the issuer, for example https://auth.example.com.',
  });
}

/** A hostile or broken server must not make this program open or call anything but https, or http on this computer. */
function checkedMetadata(metadata: AuthorizationServer): AuthorizationServer {
  for (const [name, value] of Object.entries(metadata)) {
    if (!/_(endpoint|uri)$/.test(name) || typeof value !== 'string' || name.startsWith('op_')) continue;
    if (isSafeUrl(value)) continue;
    throw new OAuthProtocolError({
      message: 'The server names an unsafe address.',
      reason: `Its ${name} is neither https nor an address of this computer.`,
      hint: 'Check the address of the server.',
    });
  }
  return metadata;
}
