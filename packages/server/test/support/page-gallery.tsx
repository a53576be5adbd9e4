/** Every page in every state, with sample props: what the page tests and the screenshots walk through. */
import { type AccountProps, accountPage } from '../../src/http/pages/account/view.js';
import { consentPage } from '../../src/http/pages/consent/view.js';
import { deviceConfirmPage } from '../../src/http/pages/device/confirm-view.js';
import { deviceEnterPage } from '../../src/http/pages/device/enter-view.js';
import { deviceOutcomePage } from '../../src/http/pages/device/outcome-view.js';
import { errorPage } from '../../src/http/pages/error/view.js';
import { formPostPage } from '../../src/http/pages/form-post/view.js';
import { goingBackPage } from '../../src/http/pages/going-back/view.js';
import { homePage } from '../../src/http/pages/home/view.js';
import { signingOutPage } from '../../src/http/pages/logged-out/signing-out-view.js';
import { loggedOutPage } from '../../src/http/pages/logged-out/view.js';
import { loginPage } from '../../src/http/pages/sign-in/password-view.js';
import { logoutPage } from '../../src/http/pages/logout/view.js';
import { messagePage } from '../../src/http/pages/message/view.js';
import { scopeView } from '../../src/http/pages/parts/permissions.js';
import { passwordChangePage } from '../../src/http/pages/password-change/view.js';
import { renderPage } from '../../src/http/pages/render.js';
import { recoveryCodesPage } from '../../src/http/pages/account/second-factor/codes-view.js';
import { setUpPage } from '../../src/http/pages/account/second-factor/set-up-view.js';
import { secondFactorPage } from '../../src/http/pages/sign-in/second-factor-view.js';
import { selectAccountPage } from '../../src/http/pages/select-account/view.js';
import { type Shell, createShell } from '../../src/http/pages/shell.js';
import { defaultTheme } from '../../src/http/pages/theme.js';

export const galleryShell: Shell = createShell({
  theme: {
    ...defaultTheme,
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
const CHROME =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1';
const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);
const device = {
  action: '/device/confirm',
  hidden,
  userCode: 'WDJB-MJHT',
  client: { name: 'authly CLI', registeredBy: 'Example Ltd' },
  scopes: scopes('openid', 'offline_access', 'admin:clients:read'),
  user: ada,
  switchAccount: { action: '/switch-account', hidden },
  request: { at: ago(0.03), address: '203.0.113.7', place: 'Bergen, Norway', userAgent: 'authly-cli/1.2.0 node/24' },
};
const account: AccountProps = {
  user: {
    ...ada,
    id: '0199f3a4-6a4e-7c3b-9d0e-2b7c5f1a8e64',
    email: 'ada@example.com',
    emailVerified: true,
    isAdmin: true,
    createdAt: new Date('2024-03-02T09:00:00Z'),
  },
  hidden,
  actions: {
    signOut: '/logout',
    changePassword: '/account/password',
    secondFactor: '/account/second-factor',
    sessions: '/account/sessions',
    apps: '/account/apps',
    apiKeys: '/account/api-keys',
  },
  now,
  password: { changedAt: ago(24 * 12) },
  secondFactor: {
    app: { since: ago(24 * 30) },
    recoveryCodes: { left: 8, madeAt: ago(24 * 30) },
    asksForPassword: true,
  },
  sessions: [
    {
      id: 's1',
      current: true,
      userAgent: CHROME,
      address: '203.0.113.7',
      place: 'Bergen, Norway',
      startedAt: ago(50),
      lastUsedAt: ago(0),
    },
    {
      id: 's2',
      current: false,
      userAgent: IPHONE,
      address: '2001:db8:85a3::8a2e:370:7334',
      startedAt: ago(24 * 9),
      lastUsedAt: ago(7),
    },
  ],
  programs: [{ id: 'g1', name: 'Authly', startedAt: ago(24 * 3), lastUsedAt: ago(26) }],
  apps: [
    {
      clientId: 'c1',
      name: 'Northwind Analytics',
      scopes: scopes('openid', 'profile', 'email'),
      allowedAt: ago(24 * 40),
      lastUsedAt: ago(3),
    },
    {
      clientId: 'c2',
      name: 'authly CLI',
      scopes: scopes('openid', 'offline_access', 'admin:clients:read'),
      allowedAt: ago(24 * 3),
      lastUsedAt: ago(26),
    },
  ],
  apiKeys: {
    keys: [
      {
        id: 'k1',
        name: 'nightly backup',
        prefix: 'authly_pat_3kQ9…',
        scopes: scopes('database:read'),
        createdAt: ago(24 * 60),
        lastUsedAt: ago(11),
        expiresAt: ago(-24 * 21),
      },
      {
        id: 'k2',
        name: 'build server',
        prefix: 'authly_pat_Zp71…',
        scopes: scopes('read', 'write'),
        createdAt: ago(24 * 5),
      },
    ],
    grantable: scopes('read', 'write', 'database:read', 'database:write'),
    lifetimesDays: [30, 90, 365],
    allowNever: true,
    overlapHours: [24, 1, 0, 168],
  },
  activity: [
    { kind: 'signed_in', at: ago(0.1), userAgent: CHROME, address: '203.0.113.7' },
    { kind: 'sign_in_failed', at: ago(0.2), userAgent: CHROME, address: '203.0.113.7', failed: true },
    { kind: 'device_approved', at: ago(26), subject: 'authly CLI', address: '203.0.113.7' },
    { kind: 'key_created', at: ago(24 * 5), subject: 'build server', userAgent: CHROME },
    {
      kind: 'consent_given',
      at: ago(24 * 40),
      subject: 'Northwind Analytics',
      userAgent: IPHONE,
      address: '2001:db8:85a3::8a2e:370:7334',
    },
  ],
};
const login = { action: '/login', hidden };
const secondFactor = {
  action: '/login/second-factor',
  hidden,
  user: ada,
  hasRecoveryCodes: true,
  startAgain: '/login?reason=switch_account',
};
const setUp = {
  action: '/account/second-factor/confirm',
  hidden,
  address:
    'otpauth://totp/Authly:ada%40example.com?issuer=Authly&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
  secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  username: ada.username,
  cancel: '/account#second-factor',
};
const codes = Array.from({ length: 10 }, (_, index) => `7K3M-Q9XD-0V${index}T-HJ2B`);

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
    'second-factor': secondFactorPage(
      { ...secondFactor, cancel: { action: '/login/cancel', hidden, client: 'Northwind Analytics' } },
      shell,
    ),
    'second-factor-wrong': secondFactorPage({ ...secondFactor, problem: { code: 'wrong_code', field: 'code' } }, shell),
    'second-factor-recovery-wrong': secondFactorPage(
      { ...secondFactor, problem: { code: 'wrong_recovery_code', field: 'recovery_code' } },
      shell,
    ),
    'second-factor-locked': secondFactorPage(
      { ...secondFactor, problem: { code: 'locked', field: 'code', retryAfterSeconds: 290 } },
      shell,
    ),
    'second-factor-step-up': secondFactorPage(
      { ...secondFactor, askedBy: 'Northwind Analytics', hasRecoveryCodes: false },
      shell,
    ),
    'set-up': setUpPage(setUp, shell),
    'set-up-wrong': setUpPage({ ...setUp, problem: { code: 'wrong_code' } }, shell),
    'set-up-limited': setUpPage({ ...setUp, problem: { code: 'limited', retryAfterSeconds: 200 } }, shell),
    'recovery-codes': recoveryCodesPage(
      { codes, username: ada.username, occasion: 'enabled', done: '/account#second-factor' },
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
    'consent-long': consentPage(
      {
        ...consent,
        scopes: [
          ...scopes('openid'),
          { name: 'x', sentence: 'Readallofyourinvoicesandsendthemtotheaccountantwithoutasking' },
        ],
        user: { username: 'a.very.long.user.name.that.goes.on@department.of.a.long.company.example' },
        client: {
          name: 'TheExtraordinarilyLongNameOfAnApplicationWithoutSpaces',
          redirectHost: 'login.of.a.very.long.host.name.in.some.region.northwind.example',
          redirectKind: 'web',
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
    'signing-out': signingOutPage({ frames: [APPLICATION_FRAME], next: NOWHERE }, shell),
    'logged-out': loggedOutPage({}, shell),
    'logged-out-continue': loggedOutPage(
      { clientName: 'Northwind Analytics', continueHref: 'https://northwind.example/bye' },
      shell,
    ),
    'logged-out-refused': loggedOutPage({ addressRefused: true, requestId: '01J8ZC4W9T7Q2KX6' }, shell),
    'select-account': selectAccountPage(
      { action: '/select-account', hidden, user: ada, clientName: 'Northwind Analytics' },
      shell,
    ),
    'logout-refused': logoutPage({ action: '/logout', hidden, user: ada, addressRefused: true }, shell),
    logout: logoutPage({ action: '/logout', hidden, user: ada, clientName: 'Northwind Analytics' }, shell),
    'password-change': passwordChangePage(
      { action: '/password', hidden, user: ada, switchAccount: consent.switchAccount },
      shell,
    ),
    'password-change-wrong': passwordChangePage(
      { action: '/password', hidden, user: ada, problem: { code: 'too_short' } },
      shell,
    ),
    message: messagePage(
      { title: 'Your email address is confirmed', message: 'You can close this page.', tone: 'success' },
      shell,
    ),
    home: homePage({ signedIn: false, issuer: 'https://auth.example.com' }, shell),
    'home-signed-in': homePage({ signedIn: true, issuer: 'https://auth.example.com' }, shell),
    'device-enter': deviceEnterPage({ action: '/device', hidden }, shell),
    'device-wrong': deviceEnterPage(
      { action: '/device', hidden, userCode: 'WDJB-MJHX', problem: { code: 'unknown_code' } },
      shell,
    ),
    'device-confirm': deviceConfirmPage(device, shell),
    'device-approved': deviceOutcomePage({ outcome: 'approved', clientName: 'authly CLI' }, shell),
    'device-denied': deviceOutcomePage({ outcome: 'denied', clientName: 'authly CLI' }, shell),
    'device-expired': deviceOutcomePage({ outcome: 'expired', clientName: 'authly CLI' }, shell),
    account: accountPage(account, shell),
    'account-paged': accountPage(
      {
        ...account,
        pages: {
          sessions: { older: '/account?sessions=x' },
          activity: { newer: '/account', older: '/account?activity=y' },
        },
      },
      shell,
    ),
    'account-new-key': accountPage(
      {
        ...account,
        notice: 'key_created',
        apiKeys: account.apiKeys && {
          ...account.apiKeys,
          created: { name: 'build server', secret: 'authly_pat_Zp71kQmX0vT3rYb8LwNc5sHd2uJf6eGa9iKo_4Cx7Vz' },
        },
      },
      shell,
    ),
    'account-problems': accountPage(
      {
        ...account,
        password: { problem: { code: 'wrong_current' } },
        secondFactor: { ...account.secondFactor, problem: { code: 'wrong' } },
        apiKeys: account.apiKeys && { ...account.apiKeys, problem: 'missing_scope', values: { name: 'deploy' } },
      },
      shell,
    ),
    'account-few-codes': accountPage(
      {
        ...account,
        notice: 'recovery_code_used',
        secondFactor: {
          app: { since: ago(24 * 30) },
          recoveryCodes: { left: 1, madeAt: ago(24 * 30) },
          asksForPassword: true,
          problem: { code: 'limited', retryAfterSeconds: 250 },
        },
      },
      shell,
    ),
    'account-empty': accountPage(
      {
        ...account,
        secondFactor: { asksForPassword: true },
        sessions: account.sessions.slice(0, 1),
        programs: [],
        apps: [],
        apiKeys: account.apiKeys && { ...account.apiKeys, keys: [] },
        activity: [],
      },
      shell,
    ),
    'going-back': goingBackPage({ clientName: 'Northwind Analytics', website: 'https://northwind.example' }, shell),
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

/** What an application shows in a frame of the page that signs out. */
export const APPLICATION_FRAME = 'https://mail.example/signed-out';

/** Where a page goes on to that would leave before anybody has looked at it. */
export const NOWHERE = '/nowhere';
