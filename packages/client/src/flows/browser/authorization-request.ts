/** The authorization code flow without the browser: the address to open, and the exchange of what comes back. */
import {
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  processAuthorizationCodeResponse,
  processPushedAuthorizationResponse,
  pushedAuthorizationRequest,
  validateAuthResponse,
} from 'oauth4webapi';
import { ConfigurationError } from '../../errors/credential-errors.js';
import { exchanged, scopeParameters, type Connection } from '../connection.js';
import { asInvalidClient, translated } from '../oauth-failure.js';
import { tokenSetOf, type TokenSet } from '../token-set.js';

/** What the browser is sent to ask for. */
export interface AuthorizationRequestOptions {
  readonly redirectUri: string;
  readonly loginHint?: string;
  readonly prompt?: string;
  readonly signal?: AbortSignal;
}

/** A login that has been started: the address to open, and the secrets that tie the answer to it. */
export interface AuthorizationRequest {
  readonly url: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly codeVerifier: string;
}

/**
 * Builds the address to open in a browser, with PKCE, pushing the parameters first where the server requires that. Rejects with ConfigurationError when the
 * server has no authorization endpoint.
 *
 * @spec RFC 7636 §4.3
 * @example
 * ```ts
 * const request = await startAuthorization(connection, { redirectUri: 'http://127.0.0.1:49152/callback' });
 * ```
 */
export async function startAuthorization(
  connection: Connection,
  options: AuthorizationRequestOptions,
): Promise<AuthorizationRequest> {
  const { server, client } = connection;
  if (!server.authorization_endpoint) throw notOffered(server.issuer);
  const codeVerifier = generateRandomCodeVerifier();
  const state = generateRandomState();
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: options.redirectUri,
    state,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...scopeParameters(connection),
    ...(options.loginHint !== undefined && { login_hint: options.loginHint }),
    ...(options.prompt !== undefined && { prompt: options.prompt }),
    ...(connection.dpop && { dpop_jkt: await connection.dpop.calculateThumbprint() }),
  });
  const url = new URL(server.authorization_endpoint);
  const sent = server.require_pushed_authorization_requests
    ? await pushed(connection, parameters, options.signal)
    : parameters;
  for (const [name, value] of sent) url.searchParams.set(name, value);
  return { url: url.href, redirectUri: options.redirectUri, state, codeVerifier };
}

/**
 * Checks what came back and exchanges the code. Rejects with AccessDeniedError, OAuthProtocolError (`state_mismatch`, `issuer_mismatch` or the server's own
 * refusal), InvalidCredentialsError when the client is refused, and with network errors.
 *
 * @spec RFC 9207 §2.4
 * @example
 * ```ts
 * const tokens = await finishAuthorization(connection, request, new URL(callbackUrl).searchParams);
 * ```
 */
export async function finishAuthorization(
  connection: Connection,
  request: AuthorizationRequest,
  answer: URLSearchParams,
  signal?: AbortSignal,
): Promise<TokenSet> {
  const { server, client, authentication } = connection;
  const checked = await translated(async () => validateAuthResponse(server, client, answer, request.state));
  try {
    const tokens = await exchanged(
      connection,
      () =>
        authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          checked,
          request.redirectUri,
          request.codeVerifier,
          connection.request(signal),
        ),
      (response) => processAuthorizationCodeResponse(server, client, response),
    );
    return tokenSetOf(connection, tokens);
  } catch (error) {
    throw asInvalidClient(error);
  }
}

async function pushed(
  connection: Connection,
  parameters: URLSearchParams,
  signal: AbortSignal | undefined,
): Promise<URLSearchParams> {
  const { server, client, authentication } = connection;
  const answer = await exchanged(
    connection,
    () => pushedAuthorizationRequest(server, client, authentication, parameters, connection.request(signal)),
    (response) => processPushedAuthorizationResponse(server, client, response),
  );
  return new URLSearchParams({ client_id: client.client_id, request_uri: answer.request_uri });
}

function notOffered(issuer: string): ConfigurationError {
  return new ConfigurationError({
    message: `The server at ${issuer} does not offer login in a browser.`,
    reason: 'Its metadata names no authorization endpoint.',
    hint: 'Choose another login method, for example device.',
  });
}
