import * as oidc from 'openid-client';
import type { GivenClient } from '../../packages/server/test/support/given.js';
import type { TestServer } from '../../packages/server/test/support/server.js';

/** A login that the application has started: what it remembers until the browser is back. */
export interface StartedLogin {
  readonly url: string;
  readonly checks: oidc.AuthorizationCodeGrantChecks;
}

/** An application that logs people in with openid-client, which nobody here wrote. */
export interface RelyingParty {
  readonly config: oidc.Configuration;
  start(parameters?: Record<string, string>): Promise<StartedLogin>;
  /** Checks the answer that the browser brought and redeems the code. */
  finish(
    address: string | URL,
    login: StartedLogin,
  ): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers>;
}

export async function createRelyingParty(
  server: TestServer,
  client: GivenClient,
  redirectUri: string,
): Promise<RelyingParty> {
  const authentication = client.secret === '' ? oidc.None() : oidc.ClientSecretBasic(client.secret);
  const config = await oidc.discovery(new URL(server.url), client.clientId, client.secret, authentication, {
    execute: [oidc.allowInsecureRequests],
  });
  return {
    config,
    async start(parameters = {}) {
      const verifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile email offline_access',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...parameters,
      });
      const maxAge = parameters['max_age'];
      const checks = {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
      };
      return { url: url.href, checks };
    },
    finish(address, login) {
      // The server's clock stands still, however long the browser takes: the application has the same one.
      const skew = Math.round((server.clock.now().getTime() - Date.now()) / 1000);
      const metadata = { client_secret: client.secret, [oidc.clockSkew]: skew };
      const now = new oidc.Configuration(config.serverMetadata(), client.clientId, metadata, authentication);
      oidc.allowInsecureRequests(now);
      return oidc.authorizationCodeGrant(now, new URL(address), login.checks);
    },
  };
}
