/** An authorization server and the client that speaks to it: what every flow starts from. */
import { formatScope } from '@authly/oauth';
import {
  DPoP,
  allowInsecureRequests,
  clockSkew,
  clockTolerance,
  customFetch,
  isDPoPNonceError,
  type Client,
  type ClientAuth,
  type DPoPHandle,
} from 'oauth4webapi';
import { systemClock, type Clock } from '../clock.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import type { Secret } from '../secret.js';
import {
  chooseClientAuthentication,
  type ClientAuthenticationMethod,
  type PrivateJwk,
} from './client-authentication.js';
import { discover, type AuthorizationServer } from './discovery.js';
import { boundedFetch, type HttpOptions } from './http.js';
import { translated } from './oauth-failure.js';

/** Who the client is and which server it uses. */
export interface ClientOptions extends Omit<HttpOptions, 'signal' | 'onServerTime'> {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: Secret;
  /** A private key for `private_key_jwt` (RFC 7523), as a JSON Web Key. */
  readonly privateKeyJwk?: PrivateJwk;
  /** Makes a client assertion, for keys that live elsewhere. */
  readonly assertion?: () => Promise<string>;
  /** Chosen from the metadata when not named. */
  readonly clientAuthentication?: ClientAuthenticationMethod;
  readonly scopes?: readonly string[];
  readonly resource?: string;
  /** Metadata that is known already; otherwise it is discovered. */
  readonly server?: AuthorizationServer;
  /** Binds tokens to this key pair (RFC 9449). */
  readonly dpopKey?: CryptoKeyPair;
  readonly clock?: Clock;
}

/** A discovered server with an authenticated client. */
export interface Connection {
  readonly server: AuthorizationServer;
  readonly client: Client;
  readonly authentication: ClientAuth;
  readonly clock: Clock;
  readonly dpop: DPoPHandle | undefined;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
  /** Server time minus local time, in seconds, by the latest answer. */
  skewSeconds(): number;
  /** Sends a request of this package's own, with the same limits. */
  fetch(signal?: AbortSignal): typeof globalThis.fetch;
  /** Options for one request of the OAuth library. */
  request(signal?: AbortSignal): RequestOptions;
}

/** The options that every request of the OAuth library takes. */
export interface RequestOptions {
  [customFetch]: typeof globalThis.fetch;
  [allowInsecureRequests]: boolean;
  DPoP?: DPoPHandle;
}

/**
 * Discovers the server and prepares the client. Rejects with ConfigurationError, OAuthProtocolError or a network error.
 *
 * @example
 * ```ts
 * const connection = await connect({ issuer: 'https://auth.example.com', clientId: 'my-app' });
 * ```
 */
export async function connect(options: ClientOptions, signal?: AbortSignal): Promise<Connection> {
  if (!options.clientId) throw missingClientId(options.issuer);
  const clock = options.clock ?? systemClock;
  let skew = 0;
  const http: HttpOptions = {
    fetch: options.fetch,
    timeoutMs: options.timeoutMs,
    userAgent: options.userAgent,
    onServerTime: (serverTime) => {
      // The header counts whole seconds, so less than one second of difference says nothing.
      const difference = Math.round((serverTime - clock.now()) / 1000);
      skew = Math.abs(difference) <= 1 ? 0 : difference;
    },
  };
  const server = options.server ?? (await discover(options.issuer, { ...http, signal }));
  const client: Client = {
    client_id: options.clientId,
    [clockTolerance]: 60,
    get [clockSkew]() {
      return skew;
    },
  };
  const dpop = options.dpopKey && DPoP(client, options.dpopKey);
  const insecure = new URL(server.issuer).protocol === 'http:';
  return {
    server,
    client,
    authentication: await chooseClientAuthentication(options, server),
    clock,
    dpop,
    scopes: options.scopes ?? [],
    resource: options.resource,
    skewSeconds: () => skew,
    fetch: (requestSignal) => boundedFetch({ ...http, signal: requestSignal }),
    request: (requestSignal) => ({
      [customFetch]: boundedFetch({ ...http, signal: requestSignal }),
      [allowInsecureRequests]: insecure,
      DPoP: dpop,
    }),
  };
}

/**
 * Sends a request and reads its answer, once more when the server asks for a fresh DPoP nonce; failures come out as AuthErrors.
 *
 * @spec RFC 9449 §8
 */
export async function exchanged<T>(
  connection: Connection,
  send: () => Promise<Response>,
  read: (answer: Response) => Promise<T>,
): Promise<T> {
  return translated(async () => {
    try {
      return await read(await send());
    } catch (error) {
      if (!connection.dpop || !isDPoPNonceError(error)) throw error;
      return read(await send());
    }
  });
}

/** The scope and resource parameters of a request. */
export function scopeParameters(connection: Connection): Record<string, string> {
  return {
    ...(connection.scopes.length > 0 && { scope: formatScope(connection.scopes) }),
    ...(connection.resource !== undefined && { resource: connection.resource }),
  };
}

function missingClientId(issuer: string): ConfigurationError {
  return new ConfigurationError({
    code: 'missing_client_id',
    message: 'No client id is configured.',
    reason: `The server at ${issuer} has to be told which program asks.`,
    hint: 'Set the client id in the profile or in the environment.',
  });
}
