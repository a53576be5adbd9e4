/** Revoking tokens. */
import { processRevocationResponse, revocationRequest } from 'oauth4webapi';
import { exchanged, type Connection } from './connection.js';

/** `nothing`: there was no such token, or the server offers no revocation. */
export type RevocationOutcome = 'revoked' | 'nothing' | 'failed';

/**
 * Revokes a token; revoking a refresh token ends its whole session. Answers `nothing` when the server has no revocation endpoint; rejects with
 * OAuthProtocolError or a network error when it refuses or fails.
 *
 * @spec RFC 7009 §2
 * @example
 * ```ts
 * await revokeToken(connection, { token: refreshToken, hint: 'refresh_token' });
 * ```
 */
export async function revokeToken(
  connection: Connection,
  request: {
    readonly token: string;
    readonly hint: 'access_token' | 'refresh_token';
    readonly signal?: AbortSignal;
  },
): Promise<Exclude<RevocationOutcome, 'failed'>> {
  const { server, client, authentication } = connection;
  if (!server.revocation_endpoint) return 'nothing';
  await exchanged(
    connection,
    () =>
      revocationRequest(server, client, authentication, request.token, {
        ...connection.request(request.signal),
        additionalParameters: { token_type_hint: request.hint },
      }),
    processRevocationResponse,
  );
  return 'revoked';
}
