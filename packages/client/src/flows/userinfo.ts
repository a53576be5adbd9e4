/** Asking the server who the user is. */
import { processUserInfoResponse, skipSubjectCheck, userInfoRequest } from 'oauth4webapi';
import { ConfigurationError } from '../errors/credential-errors.js';
import { exchanged, type Connection } from './connection.js';

/** Who a token speaks for. */
export interface Identity {
  readonly subject: string;
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Asks the UserInfo endpoint. Rejects with ConfigurationError when there is none, OAuthProtocolError when the token is refused, and with network errors.
 *
 * @spec OpenID Connect Core §5.3
 * @example
 * ```ts
 * const { username } = await requestUserInfo(connection, { accessToken });
 * ```
 */
export async function requestUserInfo(
  connection: Connection,
  request: { readonly accessToken: string; readonly subject?: string; readonly signal?: AbortSignal },
): Promise<Identity> {
  const { server, client } = connection;
  if (!server.userinfo_endpoint) {
    throw new ConfigurationError({
      message: 'This server cannot be asked who you are.',
      reason: 'Its metadata names no UserInfo endpoint.',
      hint: 'Use a server with OpenID Connect.',
    });
  }
  const claims = await exchanged(
    connection,
    () => userInfoRequest(server, client, request.accessToken, connection.request(request.signal)),
    (response) => processUserInfoResponse(server, client, request.subject ?? skipSubjectCheck, response),
  );
  return {
    subject: claims.sub,
    username: claims.preferred_username ?? claims.email,
    name: claims.name,
    email: claims.email,
    claims,
  };
}
