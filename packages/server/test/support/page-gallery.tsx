/** Every page in every state, with sample props: what the page tests and the screenshots walk through. */
import { consentPage } from '../../src/http/pages/consent/view.js';
import { errorPage } from '../../src/http/pages/error/view.js';
import { formPostPage } from '../../src/http/pages/form-post/view.js';
import { loggedOutPage } from '../../src/http/pages/logged-out/view.js';
import { loginPage } from '../../src/http/pages/login/view.js';
import { scopeView } from '../../src/http/pages/parts/permissions.js';
import { renderPage } from '../../src/http/pages/render.js';
import type { Shell } from '../../src/http/pages/shell.js';
import { createShell } from '../../src/http/pages/shell.js';

export const galleryShell: Shell = createShell({
  theme: {
    productName: 'Authly',
    accent: '#0b5748',
    links: [
      { label: 'Help', href: 'https://example.com/help' },
      { label: 'Privacy', href: 'https://example.com/privacy' },
      { label: 'Terms', href: 'https://example.com/terms' },
    ],
  },
});

const hidden = { csrf: 'c2FtcGxlLXRva2Vu', flow: 'f_8Qm2' };
const now = new Date('2026-11-21T14:05:00Z');
const ada = { username: 'ada@example.com', displayName: 'Ada Lovelace' };
const scopes = (...names: string[]) => names.map((name) => scopeView(name, undefined, galleryShell.strings));
const client = {
  name: 'Northwind Analytics',
  clientUri: 'https://northwind.example',
  policyUri: 'https://northwind.example/privacy',
  tosUri: 'https://northwind.example/terms',
  redirectHost: 'northwind.example',
  redirectKind: 'web',
} as const;
const consent = { action: '/consent', hidden, client, user: ada, switchAccount: { action: '/switch-account', hidden } };
const login = { action: '/login', hidden };

/** Name of the state → its HTML. */
export function pageGallery(shell: Shell = galleryShell): ReadonlyMap<string, string> {
  const views = {
    login: loginPage(
      { ...login, to: { kind: 'app', name: 'Northwind Analytics' }, cancel: { action: '/cancel', hidden } },
      shell,
    ),
    'login-account': loginPage({ ...login, reason: 'password_changed' }, shell),
    'login-wrong': loginPage(
      {
        ...login,
        username: 'ada',
        problem: { code: 'wrong_credentials' },
        to: { kind: 'app', name: 'Northwind Analytics' },
      },
      shell,
    ),
    'login-missing': loginPage({ ...login, problem: { code: 'missing_username' }, to: { kind: 'device' } }, shell),
    'login-locked': loginPage(
      { ...login, username: 'ada', problem: { code: 'locked', retryAfterSeconds: 290 } },
      shell,
    ),
    consent: consentPage(
      {
        ...consent,
        scopes: scopes('openid', 'profile', 'email', 'offline_access', 'database:read'),
        resource: 'https://api.northwind.example',
        rememberedUntil: new Date('2027-02-19T00:00:00Z'),
      },
      shell,
    ),
    'consent-loopback': consentPage(
      {
        ...consent,
        scopes: scopes('openid', 'read', 'write'),
        client: {
          name: 'authly CLI',
          registeredBy: 'Example Ltd',
          redirectHost: '127.0.0.1',
          redirectKind: 'loopback',
        },
      },
      shell,
    ),
    'error-developer': errorPage(
      {
        kind: 'bad_request',
        requestId: '01J8ZC4W9T7Q2KX6',
        developer: {
          error: 'invalid_request',
          description: 'redirect_uri is not registered for this client. Register it exactly as it is sent.',
          parameter: 'redirect_uri',
        },
      },
      shell,
    ),
    'error-not-found': errorPage({ kind: 'not_found' }, shell),
    'error-server': errorPage({ kind: 'server_error', requestId: '01J8ZC4W9T7Q2KX6' }, shell),
    'error-busy': errorPage({ kind: 'too_many_requests', retryAfterSeconds: 40, requestId: '01J8ZC4W9T7Q2KX6' }, shell),
    'error-expired': errorPage(
      { kind: 'expired', back: { href: 'https://northwind.example', clientName: 'Northwind Analytics' } },
      shell,
    ),
    'logged-out': loggedOutPage({}, shell),
    'logged-out-continue': loggedOutPage(
      { clientName: 'Northwind Analytics', continueHref: 'https://northwind.example/bye' },
      shell,
    ),
    'logged-out-refused': loggedOutPage({ addressRefused: true, requestId: '01J8ZC4W9T7Q2KX6' }, shell),
    'form-post': formPostPage(
      {
        action: 'https://northwind.example/cb',
        fields: { code: 'x', state: '"><script>' },
        clientName: 'Northwind Analytics',
      },
      shell,
    ),
  };
  return new Map(Object.entries(views).map(([name, view]) => [name, renderPage(view)]));
}

export const galleryNow = now;
