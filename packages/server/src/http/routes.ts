import { adminRoutes } from './admin/adapter.js';
import { docs, openApi } from './docs/handler.js';
import { rendererRoute } from './docs/renderer.js';
import { startScriptRoute } from './docs/start-script.js';
import { appLogoRoute } from './pages/app-logo.js';
import { endpointRoutes } from './endpoints/handlers.js';
import { showAccount, signOut, submitApps, submitPassword, submitSessions } from './pages/account/handler.js';
import { submitSecondFactorChange, submitSetUpCode } from './pages/account/second-factor/handler.js';
import { submitApiKeys } from './pages/account/handlers/api-keys.js';
import { showConsent, submitConsent, switchAccount } from './pages/consent/handler.js';
import { showDevice, submitUserCode } from './pages/device/handler.js';
import { showDeviceConfirm, submitDeviceConfirm, switchDeviceAccount } from './pages/device/handler-confirm.js';
import { showGoingBack } from './pages/going-back/handler.js';
import { home } from './pages/home/handler.js';
import { cancelLogin, showLogin } from './pages/sign-in/page.js';
import { submitLogin } from './pages/sign-in/password.js';
import { confirmLogout } from './pages/logout/handler.js';
import { showPasswordChange, submitPasswordChange } from './pages/password-change/handler.js';
import { showSecondFactor, submitSecondFactor } from './pages/sign-in/second-factor.js';
import { showSelectAccount, submitSelectAccount } from './pages/select-account/handler.js';
import type { Route } from './route.js';

/** START READING HERE: every address of the server and the function that answers it. `api` is the prefix of the OAuth endpoints. */
export function routes(api: string): readonly Route[] {
  return [
    // OAuth, OpenID Connect, discovery and health, from their table
    ...endpointRoutes(api),

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
    { method: 'GET', path: '/going-back', handle: showGoingBack, refusals: 'page' },
    { method: 'POST', path: '/oidc/logout/confirm', handle: confirmLogout, refusals: 'page' },

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

    // The admin API, and people's own API (/users, /auth, /api-keys), from their contract
    ...adminRoutes(api),

    // What all this is, for people and for programs
    { method: 'GET', path: '/docs', handle: docs, refusals: 'page' },
    { method: 'GET', path: '/openapi.json', handle: openApi, refusals: 'api', cors: true },
    appLogoRoute,
    rendererRoute,
    startScriptRoute,
  ];
}
