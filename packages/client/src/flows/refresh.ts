/** The refresh grant. */
import { processRefreshTokenResponse, refreshTokenGrantRequest } from 'oauth4webapi';
import { exchanged, type Connection } from './connection.js';
import { asConfigurationError } from './oauth-failure.js';
import { tokenSetOf, type TokenSet } from './token-set.js';

/**
 * Exchanges a refresh token for new tokens; an answer without a new refresh token keeps the old one. Takes no abort signal: a request that was sent may
 * have rotated the token, so its answer must be waited for. Rejects with OAuthProtocolError `invalid_grant` when the session has ended,
 * ConfigurationError when the client is no longer accepted, and with network errors.
 *
 * @spec RFC 6749 §6
 * @example
 * ```ts
 * const tokens = await refreshTokens(connection, { refreshToken });
 * ```
 */
export async function refreshTokens(
  connection: Connection,
  request: { readonly refreshToken: string; readonly scopes?: readonly string[] },
): Promise<TokenSet> {
  const { server, client, authentication } = connection;
  const additionalParameters: Record<string, string> = {
    ...(request.scopes && { scope: request.scopes.join(' ') }),
    ...(connection.resource !== undefined && { resource: connection.resource }),
  };
  try {
    const answer = await exchanged(
      connection,
      () =>
        refreshTokenGrantRequest(server, client, authentication, request.refreshToken, {
          ...connection.request(),
          additionalParameters,
        }),
      (response) => processRefreshTokenResponse(server, client, response),
    );
    const tokens = tokenSetOf(connection, answer);
    return { ...tokens, refreshToken: tokens.refreshToken ?? request.refreshToken };
  } catch (error) {
    throw asConfigurationError(error);
  }
}
