import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askForCode } from '../../packages/server/test/device/device.js';
import { axeSource, expectUsable, violations } from '../../packages/server/test/support/axe.js';
import { type GivenClient, type GivenUser, authorizeUrl } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { launchBrowser } from '../support/browser.js';
import { newVisitor, pathOf, signIn } from '../support/visitor.js';
import { sessionCookie } from '../../packages/server/test/support/agent.js';

let server: TestServer;
let browser: Browser;
let user: GivenUser;
let client: GivenClient;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  user = await server.given.user();
  client = await server.given.client({ name: 'Northwind Analytics', clientUri: 'https://northwind.example' });
  page = await newVisitor(browser, { reducedMotion: 'reduce' });
  // From outside, so the pages' own policy stays as it is.
  await page.addInitScript({ content: axeSource });
});

afterAll(() => Promise.all([browser?.close(), server?.stop()]));

interface Stop {
  readonly name: string;
  readonly path: string;
  /** Nobody is signed in. */
  readonly stranger?: true;
  go(): Promise<unknown>;
}

/** Every page of the running server. */
const STOPS: readonly Stop[] = [
  { name: 'start', path: '/', stranger: true, go: () => open('/') },
  { name: 'login', path: '/login', stranger: true, go: () => open('/login') },
  { name: 'refused login', path: '/login', stranger: true, go: () => refusedLogin() },
  { name: 'login of an application', path: '/login', stranger: true, go: () => page.goto(asked()) },
  { name: 'consent', path: '/consent', go: () => page.goto(asked()) },
  { name: 'account choice', path: '/select-account', go: () => chooseAccount() },
  { name: 'account', path: '/account', go: () => open('/account').then(unfold) },
  { name: 'new API key', path: '/account/api-keys', go: () => makeKey('nightly backup') },
  { name: 'refused API key', path: '/account', go: () => makeKey('   ') },
  { name: 'password change', path: '/change-password', go: () => open('/change-password') },
  { name: 'device code', path: '/device', go: () => open('/device') },
  { name: 'refused device code', path: '/device', go: () => enterCode('BBBB-BBBB') },
  { name: 'device question', path: '/device/confirm', go: () => askAboutDevice() },
  { name: 'connected device', path: '/device/confirm', go: () => connectDevice() },
  { name: 'logout question', path: '/oidc/logout', go: () => open('/oidc/logout') },
  { name: 'logged out', path: '/oidc/logout/confirm', go: () => logOut() },
  { name: 'page not found', path: '/nowhere', stranger: true, go: () => open('/nowhere') },
  {
    name: 'refused request',
    path: '/api/v1/oauth/authorize',
    go: () => page.goto(asked({ redirect_uri: 'https://x.y' })),
  },
  { name: 'ended login', path: '/login', stranger: true, go: () => open('/login?flow=unknown') },
];

it.each(STOPS)('axe finds nothing on the page $name, light and dark, wide and at 320 px', async (stop) => {
  await page.context().clearCookies();
  if (!stop.stranger) await plantSession();
  await stop.go();
  expect(pathOf(page)).toBe(stop.path);
  await expectUsable(page, [1280, 320]);
});

it('no page loads anything from elsewhere', async () => {
  const hosts = new Set<string>();
  const visitor = await newVisitor(browser);
  visitor.on('request', (request) => hosts.add(new URL(request.url()).origin));
  for (const path of ['/', '/login', '/device', '/nowhere']) await visitor.goto(`${server.url}${path}`);
  expect([...hosts]).toEqual([server.url]);
  await visitor.context().close();
});

it('a planted fault is seen, so that silence means something', async () => {
  await open('/login');
  await page.evaluate(() => document.querySelector('label')?.remove());
  expect(await violations(page)).toContainEqual(expect.stringMatching(/^label: /));
});

/** Asked later than the login: otherwise that would count as choosing. */
function chooseAccount(): Promise<unknown> {
  server.clock.advance(1);
  return page.goto(asked({ prompt: 'select_account' }));
}

function open(path: string): Promise<unknown> {
  return page.goto(`${server.url}${path}`);
}

function asked(parameters: Record<string, string> = {}): string {
  return authorizeUrl(server.url, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: 'https://app.example/callback',
    scope: 'openid profile email offline_access read',
    state: 's',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...parameters,
  });
}

async function plantSession(): Promise<void> {
  const value = (await server.given.signedIn(user)).cookies.get(sessionCookie(server)) ?? '';
  await page.context().addCookies([{ name: sessionCookie(server), value, url: server.url }]);
}

async function refusedLogin(): Promise<void> {
  await open('/login');
  await signIn(page, { ...user, password: 'wrong' });
  await page.waitForSelector('#login-problem');
}

async function makeKey(name: string): Promise<void> {
  await open('/account');
  await unfold();
  await page.fill('#key-name', name);
  await page.locator('#create-key-form input[type=checkbox]').first().check();
  await page.click('#create-key-submit');
  await page.waitForURL(/api-keys/);
  await unfold();
}

async function enterCode(code: string): Promise<void> {
  await open('/device');
  await page.fill('#user_code', code);
  await page.click('#device-submit');
  await page.waitForSelector('#device-problem, #device-allow');
}

async function askAboutDevice(): Promise<void> {
  await enterCode((await askForCode(server, client)).user_code);
}

async function connectDevice(): Promise<void> {
  await askAboutDevice();
  await page.click('#device-allow');
  await page.waitForSelector('#device-approved');
}

async function logOut(): Promise<void> {
  await open('/oidc/logout');
  await page.click('#logout-submit');
  await page.waitForURL(/confirm/);
}

async function unfold(): Promise<void> {
  await page.evaluate(() => {
    for (const fold of document.querySelectorAll('details')) fold.open = true;
  });
}
