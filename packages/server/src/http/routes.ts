import { authorize, authorizeByPost } from './endpoints/authorize.js';
import { deviceAuthorization } from './endpoints/device-authorization.js';
import { cliDiscovery, discovery, jwks } from './endpoints/discovery.js';
import { health, live, metrics, ready } from './endpoints/health.js';
import { introspection, revocation } from './endpoints/token-state.js';
import { refresh, token } from './endpoints/token.js';
import { userInfo } from './endpoints/userinfo.js';
import { showConsent, submitConsent, switchAccount } from './pages/consent/handler.js';
import { home } from './pages/home/handler.js';
import { cancelLogin, showLogin, submitLogin } from './pages/login/handler.js';
import { confirmLogout, logout, sessionCheck } from './pages/logout/handler.js';
import { showPasswordChange, submitPasswordChange } from './pages/password-change/handler.js';
import { showSelectAccount, submitSelectAccount } from './pages/select-account/handler.js';
import type { Route } from './route.js';

/** START READING HERE: every address of the server and the function that answers it. `api` is the prefix of the OAuth endpoints. */
export function routes(api: string): readonly Route[] {
  return [
    // OAuth 2.1
    { method: 'GET', path: `${api}/oauth/authorize`, handle: authorize, refusals: 'page' },
    { method: 'POST', path: `${api}/oauth/authorize`, handle: authorizeByPost, refusals: 'page' },
    { method: 'POST', path: `${api}/oauth/token`, handle: token, refusals: 'oauth', cors: true },
    { method: 'POST', path: `${api}/oauth/refresh`, handle: refresh, refusals: 'oauth', cors: true },
    { method: 'POST', path: `${api}/oauth/introspect`, handle: introspection, refusals: 'oauth' },
    { method: 'POST', path: `${api}/oauth/revoke`, handle: revocation, refusals: 'oauth', cors: true },
    {
      method: 'POST',
      path: `${api}/oauth/device_authorization`,
      handle: deviceAuthorization,
      refusals: 'oauth',
      cors: true,
    },

    // OpenID Connect
    { method: 'GET', path: '/oidc/userinfo', handle: userInfo, refusals: 'oauth', cors: true },
    { method: 'POST', path: '/oidc/userinfo', handle: userInfo, refusals: 'oauth', cors: true },
    { method: 'GET', path: '/oidc/logout', handle: logout, refusals: 'page' },
    { method: 'POST', path: '/oidc/logout', handle: logout, refusals: 'page' },
    { method: 'POST', path: '/oidc/logout/confirm', handle: confirmLogout, refusals: 'page' },
    { method: 'GET', path: '/oidc/session/check', handle: sessionCheck, refusals: 'api' },

    // Discovery
    { method: 'GET', path: '/.well-known/oauth-authorization-server', handle: discovery, refusals: 'api', cors: true },
    { method: 'GET', path: '/.well-known/openid-configuration', handle: discovery, refusals: 'api', cors: true },
    { method: 'GET', path: '/.well-known/jwks.json', handle: jwks, refusals: 'api', cors: true },
    { method: 'GET', path: '/.well-known/cli-configuration', handle: cliDiscovery, refusals: 'api', cors: true },

    // Pages
    { method: 'GET', path: '/', handle: home, refusals: 'page' },
    { method: 'GET', path: '/login', handle: showLogin, refusals: 'page' },
    { method: 'POST', path: '/login', handle: submitLogin, refusals: 'page' },
    { method: 'POST', path: '/login/cancel', handle: cancelLogin, refusals: 'page' },
    { method: 'GET', path: '/select-account', handle: showSelectAccount, refusals: 'page' },
    { method: 'POST', path: '/select-account', handle: submitSelectAccount, refusals: 'page' },
    { method: 'GET', path: '/change-password', handle: showPasswordChange, refusals: 'page' },
    { method: 'POST', path: '/change-password', handle: submitPasswordChange, refusals: 'page' },
    { method: 'GET', path: '/consent', handle: showConsent, refusals: 'page' },
    { method: 'POST', path: '/consent', handle: submitConsent, refusals: 'page' },
    { method: 'POST', path: '/consent/switch', handle: switchAccount, refusals: 'page' },

    // Operations
    { method: 'GET', path: '/health', handle: health, refusals: 'api' },
    { method: 'GET', path: '/health/ready', handle: ready, refusals: 'api' },
    { method: 'GET', path: '/health/live', handle: live, refusals: 'api' },
    { method: 'GET', path: '/metrics', handle: metrics, refusals: 'api' },
  ];
}
