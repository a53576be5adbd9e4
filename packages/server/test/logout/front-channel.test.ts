/** The browser opens every application's own page when a person signs out. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cookieName } from '../../src/http/cookies.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let browser: Browser;
let applications: Server;
let base: string;
let opened: URL[] = [];

beforeAll(async () => {
  applications = createServer((request, response) => {
    const address = new URL(request.url ?? '/', base);
    if (address.pathname !== '/favicon.ico') opened.push(address);
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${address.pathname}</title>`);
  });
  await new Promise<void>((resolve) => applications.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(applications.address() as AddressInfo).port}`;
  server = await startServer();
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser.close();
  applications.closeAllConnections();
  await new Promise((resolve) => applications.close(resolve));
  await server.stop();
});

/** Signs a person in to two applications and out by the ID token of the first. */
async function signOut(options: { readonly javaScriptEnabled: boolean; readonly returnTo?: string }) {
  opened = [];
  const user = await server.given.user();
  const agent = await server.given.signedIn(user);
  const [shop, mail] = [
    await server.given.client({
      frontchannelLogoutUri: `${base}/shop?of=it`,
      postLogoutRedirectUris: [`${base}/bye`],
    }),
    await server.given.client({ frontchannelLogoutUri: `${base}/mail` }),
  ];
  const tokens = await server.given.tokens({ user, client: shop, agent, scope: 'openid' });
  await server.given.tokens({ user, client: mail, agent, scope: 'openid' });
  const context = await browser.newContext({ javaScriptEnabled: options.javaScriptEnabled });
  const name = cookieName('session', server.context.settings);
  await context.addCookies([{ name, value: agent.cookies.get(name) ?? '', url: server.url }]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  const asked = new URLSearchParams({ id_token_hint: tokens.id_token ?? '', state: 'kept' });
  if (options.returnTo !== undefined) asked.set('post_logout_redirect_uri', options.returnTo);
  await page.goto(`${server.url}/oidc/logout?${asked}`);
  return { page, complaints, close: () => context.close() };
}

// @check 260
it.each([true, false])('with scripts: %s, all are opened with iss and sid, and then it goes on', async (scripts) => {
  const { page, complaints, close } = await signOut({ javaScriptEnabled: scripts, returnTo: `${base}/bye` });
  await page.waitForURL(`${base}/bye?state=kept`);
  const frames = opened.filter(({ pathname }) => pathname !== '/bye');
  expect(frames.map(({ pathname }) => pathname).toSorted()).toEqual(['/mail', '/shop']);
  for (const { searchParams } of frames) {
    expect(searchParams.get('iss')).toBe(server.url);
    expect(searchParams.get('sid')).toMatch(/^[\w-]{20,}$/);
  }
  expect(frames.find(({ pathname }) => pathname === '/shop')?.searchParams.get('of')).toBe('it');
  expect(complaints).toEqual([]);
  await close();
});

it('where nothing follows, the frames are in the page that says that one is signed out, and its policy names them alone', async () => {
  const { page, complaints, close } = await signOut({ javaScriptEnabled: true });
  await expect.poll(() => opened.length, { timeout: 30_000 }).toBe(2);
  expect(await page.title()).toContain('Logout Successful');
  const policy = (await fetch(`${server.url}/login`)).headers.get('content-security-policy');
  expect(policy).not.toContain('frame-src');
  expect(complaints).toEqual([]);
  await close();
});
