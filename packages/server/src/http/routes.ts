import { deleteApiKey, listApiKeys, postApiKey, postApiKeyRotation } from './endpoints/api-keys.js';
import { adminRoutes } from './admin/adapter.js';
import { changeUserInfo } from './api/userinfo-change.js';
import { docs, openApi } from './docs/handler.js';
import { docsStyleRoute } from './docs/style.js';
import { authorizationChallenge } from './endpoints/authorization-challenge.js';
import { authorize, authorizeByPost } from './endpoints/authorize.js';
import { deviceAuthorization } from './endpoints/device-authorization.js';
import { cliDiscovery, discovery, jwks } from './endpoints/discovery.js';
import { health, live, metrics, ready } from './endpoints/health.js';
import { introspection, revocation } from './endpoints/token-state.js';
import { refresh, token } from './endpoints/token.js';
import { userInfo } from './endpoints/userinfo.js';
import { showAccount, signOut, submitApps, submitPassword, submitSessions } from './pages/account/handler.js';
import { submitSecondFactorChange, submitSetUpCode } from './pages/account/second-factor/handler.js';
import { submitApiKeys } from './pages/account/handlers/api-keys.js';
import { showConsent, submitConsent, switchAccount } from './pages/consent/handler.js';
import { showDevice, submitUserCode } from './pages/device/handler.js';
import { showDeviceConfirm, submitDeviceConfirm, switchDeviceAccount } from './pages/device/handler-confirm.js';
import { home } from './pages/home/handler.js';
import { cancelLogin, showLogin, submitLogin } from './pages/login/handler.js';
import { confirmLogout, logout, sessionCheck } from './pages/logout/handler.js';
import { showPasswordChange, submitPasswordChange } from './pages/password-change/handler.js';
import { showSecondFactor, submitSecondFactor } from './pages/second-factor/handler.js';
import { showSelectAccount, submitSelectAccount } from './pages/select-account/handler.js';
import type { Route } from './route.js';

/** START READING HERE: every address of the server and the function that answers it. `api` is the prefix of the OAuth endpoints. */
export function routes(api: string): readonly Route[] {
  return [
    // OAuth 2.1
    { method: 'GET', path: `${api}/oauth/authorize`, handle: authorize, refusals: 'page' },
    { method: 'POST', path: `${api}/oauth/authorize`, handle: authorizeByPost, refusals: 'page' },
    {
      method: 'POST',
      path: `${api}/oauth/authorize-challenge`,
      handle: authorizationChallenge,
      refusals: 'oauth',
      cors: true,
    },
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
    { method: 'PUT', path: '/oidc/userinfo', handle: changeUserInfo, refusals: 'oauth', cors: true },
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
    { method: 'GET', path: '/login/second-factor', handle: showSecondFactor, refusals: 'page' },
    { method: 'POST', path: '/login/second-factor', handle: submitSecondFactor, refusals: 'page' },
    { method: 'GET', path: '/select-account', handle: showSelectAccount, refusals: 'page' },
    { method: 'POST', path: '/select-account', handle: submitSelectAccount, refusals: 'page' },
    { method: 'GET', path: '/change-password', handle: showPasswordChange, refusals: 'page' },
    { method: 'POST', path: '/change-password', handle: submitPasswordChange, refusals: 'page' },
    { method: 'GET', path: '/consent', handle: showConsent, refusals: 'page' },
    { method: 'POST', path: '/consent', handle: submitConsent, refusals: 'page' },
    { method: 'POST', path: '/consent/switch', handle: switchAccount, refusals: 'page' },

    // The person's own: devices, account, API keys
    { method: 'GET', path: '/device', handle: showDevice, refusals: 'page' },
    { method: 'POST', path: '/device', handle: submitUserCode, refusals: 'page' },
    { method: 'GET', path: '/device/confirm', handle: showDeviceConfirm, refusals: 'page' },
    { method: 'POST', path: '/device/confirm', handle: submitDeviceConfirm, refusals: 'page' },
    { method: 'POST', path: '/device/switch', handle: switchDeviceAccount, refusals: 'page' },
    { method: 'GET', path: '/account', handle: showAccount, refusals: 'page' },
    { method: 'POST', path: '/account/password', handle: submitPassword, refusals: 'page' },
    { method: 'POST', path: '/account/second-factor', handle: submitSecondFactorChange, refusals: 'page' },
    { method: 'POST', path: '/account/second-factor/confirm', handle: submitSetUpCode, refusals: 'page' },
    { method: 'POST', path: '/account/sessions', handle: submitSessions, refusals: 'page' },
    { method: 'POST', path: '/account/apps', handle: submitApps, refusals: 'page' },
    { method: 'POST', path: '/account/api-keys', handle: submitApiKeys, refusals: 'page' },
    { method: 'POST', path: '/account/sign-out', handle: signOut, refusals: 'page' },
    { method: 'GET', path: `${api}/api-keys`, handle: listApiKeys, refusals: 'api' },
    { method: 'POST', path: `${api}/api-keys`, handle: postApiKey, refusals: 'api' },
    { method: 'POST', path: `${api}/api-keys/:id/rotate`, handle: postApiKeyRotation, refusals: 'api' },
    { method: 'DELETE', path: `${api}/api-keys/:id`, handle: deleteApiKey, refusals: 'api' },

    // The admin API, /users and /auth, from their contract
    ...adminRoutes(api),

    // What all this is, for people and for programs
    { method: 'GET', path: '/docs', handle: docs, refusals: 'page' },
    { method: 'GET', path: '/openapi.json', handle: openApi, refusals: 'api', cors: true },
    docsStyleRoute,

    // Operations
    { method: 'GET', path: '/health', handle: health, refusals: 'api' },
    { method: 'GET', path: '/health/ready', handle: ready, refusals: 'api' },
    { method: 'GET', path: '/health/live', handle: live, refusals: 'api' },
    { method: 'GET', path: '/metrics', handle: metrics, refusals: 'api' },
  ];
}
