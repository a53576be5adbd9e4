import * as client from 'openid-client';
import { config, redirect_uri, scope } from './auth.js';
import { serve } from './serve.js';

const checks = {};
let tokens;

serve({
  async '/login'() {
    checks.pkceCodeVerifier = client.randomPKCECodeVerifier();
    checks.expectedState = client.randomState();
    return client.buildAuthorizationUrl(config, {
      redirect_uri,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
    }).href;
  },
  async '/callback'(url) {
    tokens = await client.authorizationCodeGrant(config, url, checks);
    return '/me';
  },
  '/me': () => tokens?.claims(),
  async '/refresh'() {
    tokens = await client.refreshTokenGrant(config, tokens.refresh_token);
    return client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  },
  async '/logout'() {
    const id_token_hint = tokens.id_token;
    tokens = undefined;
    return client.buildEndSessionUrl(config, { id_token_hint, post_logout_redirect_uri: process.env.APP_URL }).href;
  },
  '/': () => ({ signed: 'out' }),
});
