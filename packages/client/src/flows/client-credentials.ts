/** The client credentials grant: a program speaks for itself. */
import { clientCredentialsGrantRequest, processClientCredentialsResponse } from 'oauth4webapi';
import { exchanged, scopeParameters, type Connection } from './connection.js';
import { asInvalidClient } from './oauth-failure.js';
import { tokenSetOf, type TokenSet } from './token-set.js';

/**
 * Gets a token for the client itself. Rejects with InvalidCredentialsError when the client is refused, OAuthProtocolError for other refusals, and with
 * network errors.
 *
 * @spec RFC 6749 §4.4
 * @example
 * ```ts
 * const tokens = await requestClientCredentials(await connect({ issuer, clientId, clientSecret: Secret.env('SECRET') }));
 * ```
 */
export async function requestClientCredentials(connection: Connection, signal?: AbortSignal): Promise<TokenSet> {
  const { server, client, authentication } = connection;
  try {
    const answer = await exchanged(
      connection,
      () =>
        clientCredentialsGrantRequest(
          server,
          client,
          authentication,
          scopeParameters(connection),
          connection.request(signal),
        ),
      (response) => processClientCredentialsResponse(server, client, response),
    );
    return tokenSetOf(connection, answer);
  } catch (error) {
    throw asInvalidClient(error);
  }
}
