/** The first half of the device flow: asking for a code to show. */
import { deviceAuthorizationRequest, processDeviceAuthorizationResponse } from 'oauth4webapi';
import { ConfigurationError } from '../../errors/credential-errors.js';
import { oneLine } from '../../errors/describe-error.js';
import { OAuthProtocolError } from '../../errors/service-errors.js';
import { exchanged, scopeParameters, type Connection } from '../connection.js';
import { isSafeUrl } from '../safe-url.js';

/** A code to show and a code to poll with. */
export interface DeviceAuthorization {
  /** A secret: whoever has it receives the tokens. */
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete?: string;
  /** Milliseconds since 1970 by the local clock. */
  readonly expiresAt: number;
  readonly intervalSeconds: number;
}

/**
 * Asks for a user code. Rejects with ConfigurationError when the server has no device flow, OAuthProtocolError when it refuses or names an unsafe address,
 * and with network errors.
 *
 * @spec RFC 8628 §3.1
 * @example
 * ```ts
 * const device = await requestDeviceAuthorization(connection);
 * console.error(`Open ${device.verificationUri} and enter ${device.userCode}`);
 * ```
 */
export async function requestDeviceAuthorization(
  connection: Connection,
  signal?: AbortSignal,
): Promise<DeviceAuthorization> {
  const { server, client, authentication, clock } = connection;
  if (!server.device_authorization_endpoint) throw notOffered(server.issuer);
  const answer = await exchanged(
    connection,
    () =>
      deviceAuthorizationRequest(
        server,
        client,
        authentication,
        scopeParameters(connection),
        connection.request(signal),
      ),
    async (response) => processDeviceAuthorizationResponse(server, client, await withStandardName(response)),
  );
  return {
    deviceCode: answer.device_code,
    userCode: oneLine(answer.user_code),
    verificationUri: checkedUri(answer.verification_uri),
    verificationUriComplete:
      answer.verification_uri_complete === undefined ? undefined : checkedUri(answer.verification_uri_complete),
    expiresAt: clock.now() + answer.expires_in * 1000,
    intervalSeconds: answer.interval ?? 5,
  };
}

/** Google's server, older than the specification, says `verification_url`. */
async function withStandardName(response: Response): Promise<Response> {
  if (response.status !== 200) return response;
  const text = await response.text();
  const { status, headers } = response;
  return new Response(text.replace(/"verification_url"\s*:/, '"verification_uri":'), { status, headers });
}

/** The address is shown to a person and opened: nothing but https, or http on this computer. */
function checkedUri(uri: string): string {
  if (isSafeUrl(uri) && uri === oneLine(uri)) return uri;
  throw new OAuthProtocolError({
    message: 'The server asks to open an unsafe address.',
    reason: 'A verification address must be https, or http on this computer.',
    hint: 'Check the address of the server.',
  });
}

function notOffered(issuer: string): ConfigurationError {
  return new ConfigurationError({
    message: `The server at ${issuer} does not offer login by code.`,
    reason: 'Its metadata names no device authorization endpoint.',
    hint: 'Choose another login method, for example browser.',
  });
}
