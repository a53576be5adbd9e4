/** Asking the authorization server about a token. */
import { introspectionRequest, processIntrospectionResponse, type IntrospectionResponse } from 'oauth4webapi';
import { ConfigurationError } from '../errors/credential-errors.js';
import { exchanged, type Connection } from './connection.js';

/** The server's answer: `active` and, for an active token, what it stands for. */
export type Introspection = IntrospectionResponse;

/**
 * Asks whether a token is active and what it allows. Rejects with ConfigurationError when the server has no introspection endpoint, OAuthProtocolError
 * when the client may not ask, and with network errors.
 *
 * @spec RFC 7662 §2
 * @example
 * ```ts
 * const { active, scope } = await introspectToken(connection, { token });
 * ```
 */
export async function introspectToken(
  connection: Connection,
  request: { readonly token: string; readonly signal?: AbortSignal },
): Promise<Introspection> {
  const { server, client, authentication } = connection;
  if (!server.introspection_endpoint) {
    throw new ConfigurationError({
      message: 'This server cannot be asked about tokens.',
      reason: 'Its metadata names no introspection endpoint.',
      hint: 'Verify tokens by their signature instead.',
    });
  }
  return exchanged(
    connection,
    () => introspectionRequest(server, client, authentication, request.token, connection.request(request.signal)),
    (response) => processIntrospectionResponse(server, client, response),
  );
}
