import * as oauth from 'oauth4webapi';
import { authentication, client, options, redirect_uri, scope, server } from './auth.js';
import { serve } from './serve.js';

const checks = {};
let tokens;

serve({
  async '/login'() {
    checks.verifier = oauth.generateRandomCodeVerifier();
    checks.state = oauth.generateRandomState();
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri,
      scope,
      state: checks.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    }).toString();
    return url.href;
  },
  async '/callback'(url) {
    const answer = oauth.validateAuthResponse(server, client, url, checks.state);
    const redeemed = await oauth.authorizationCodeGrantRequest(
      server, client, authentication, answer, redirect_uri, checks.verifier, options);
    tokens = await oauth.processAuthorizationCodeResponse(server, client, redeemed);
    return '/me';
  },
  '/me': () => tokens && oauth.getValidatedIdTokenClaims(tokens),
  async '/refresh'() {
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, options);
    const { access_token } = await oauth.processRefreshTokenResponse(server, client, answer);
    return oauth.processUserInfoResponse(
      server, client, sub, await oauth.userInfoRequest(server, client, access_token, options));
  },
  '/': () => ({ signed: 'out' }),
});
