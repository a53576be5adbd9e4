/** The public keys of an authorization server: cached, fetched again for an unknown key, and kept in use while the server is away. */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { isAuthError } from '../errors/auth-error.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import { discover, type AuthorizationServer } from '../flows/discovery.js';
import { boundedFetch, type HttpOptions } from '../flows/http.js';

/** How long keys are used before they are asked for again; the old ones stay in use while the server cannot be reached. */
const keysMaxAgeMs = 600_000;

/** Finds keys of one issuer; discovery happens on first use, and again after it has failed. */
export function signingKeysOf(
  issuer: string,
  http: HttpOptions,
): { server(): Promise<AuthorizationServer>; key: JWTVerifyGetKey } {
  let server: Promise<AuthorizationServer> | undefined;
  let remote: ReturnType<typeof createRemoteJWKSet> | undefined;
  let last: JSONWebKeySet | undefined;

  const discovered = () => {
    server ??= discover(issuer, http).catch((error) => {
      server = undefined;
      throw error;
    });
    return server;
  };
  const remoteKeys = async () => {
    const { jwks_uri: uri } = await discovered();
    if (uri === undefined) throw noKeys(issuer);
    remote ??= createRemoteJWKSet(new URL(uri), { cacheMaxAge: keysMaxAgeMs, [customFetch]: boundedFetch(http) });
    return remote;
  };

  return {
    server: discovered,
    key: async (header, token) => {
      try {
        const keys = await remoteKeys();
        const key = await keys(header, token);
        last = keys.jwks() ?? last;
        return key;
      } catch (error) {
        // A key that was good ten minutes ago is better than an outage of every API behind this server.
        if (last === undefined || !isUnreachable(error)) throw error;
        return createLocalJWKSet(last)(header, token);
      }
    },
  };
}

/** True for failures of the way to the server, not of the token. */
export function isUnreachable(error: unknown): boolean {
  return (isAuthError(error) && error.retryable) || error instanceof errors.JWKSTimeout;
}

function noKeys(issuer: string): ConfigurationError {
  return new ConfigurationError({
    message: `The server at ${issuer} publishes no keys.`,
    reason: 'Its metadata names no jwks_uri.',
    hint: 'Verify its tokens by introspection.',
  });
}
