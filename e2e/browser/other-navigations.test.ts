import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeUrl, type GivenClient, type GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type Application, startApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { newVisitor, pathOf, signIn } from '../support/visitor.js';

let server: TestServer;
let elsewhere: Application;
let browser: Browser;
let user: GivenUser;
let client: GivenClient;
let site: Site;

beforeAll(async () => {
  [server, elsewhere, browser, site] = await Promise.all([
    startServer(),
    startApplication(),
    launchBrowser(),
    startSite(),
  ]);
  user = await server.given.user();
  client = await server.given.client({
    type: 'public',
    redirectUris: [`${site.url}/callback`, `${site.url}/relay`],
    postLogoutRedirectUris: [`${site.url}/relay`],
  });
});

afterAll(() => Promise.all([browser?.close(), elsewhere?.stop(), server?.stop(), site?.stop()]));

describe('inside the navigation of an application', () => {
  it('a popup keeps its opener from the request to the answer, consent, a wrong password and an error included', async () => {
    const page = await newVisitor(browser);
    await page.goto(site.url);
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate((url) => void window.open(url, 'login', 'width=400'), request('/callback')),
    ]);
    await popup.waitForSelector('#login-submit');
    await signIn(popup, { ...user, password: 'not the one' });
    await popup.waitForSelector('#login-problem');
    await signIn(popup, user);
    await popup.click('#consent-allow');
    await popup.waitForURL(`${site.url}/callback**`);
    expect(await popup.evaluate(() => window.opener !== null)).toBe(true);
    await page.waitForFunction(() => document.title === 'told');
    await page.context().close();
  });

  it('a frame of the same site gets the answer to prompt=none', async () => {
    const page = await newVisitor(browser);
    await page.goto(request('/callback'));
    await signIn(page, user);
    await page.click('#consent-allow');
    await page.waitForURL(`${site.url}/callback**`);
    await page.goto(site.url);
    await page.evaluate(
      (url) => {
        const frame = document.createElement('iframe');
        frame.src = url;
        document.body.append(frame);
      },
      request('/callback', { prompt: 'none' }),
    );
    await page.waitForFunction(() => document.title === 'told');
    await page.context().close();
  });

  it('the callback of an application may send the browser on to another host', async () => {
    const page = await newVisitor(browser);
    await page.goto(request('/relay'));
    await signIn(page, user);
    await page.click('#consent-allow');
    await page.waitForURL(elsewhere.secureCallback);
    const logout = new URL('/oidc/logout', server.url);
    logout.search = new URLSearchParams({
      client_id: client.clientId,
      post_logout_redirect_uri: `${site.url}/relay`,
    }).toString();
    await page.goto(logout.href);
    await page.click('[name=decision][value=sign_out], #logout-submit');
    await page.waitForURL(elsewhere.secureCallback);
    await page.context().close();
  });

  it('a posted answer names the origin that it comes from', async () => {
    const page = await newVisitor(browser);
    await page.goto(request('/callback', { response_mode: 'form_post' }));
    await signIn(page, user);
    await page.click('#consent-allow');
    await page.waitForURL(`${site.url}/callback`);
    expect(site.lastPost().origin).toBe(server.url);
    await page.context().close();
  });
});

it('two servers on one host keep their sessions apart', async () => {
  const second = await startServer();
  const page = await newVisitor(browser);
  for (const one of [server, second]) {
    await page.goto(`${one.url}/login`);
    await signIn(page, one === server ? user : await second.given.user());
    await page.waitForURL(`${one.url}/account`);
  }
  await page.goto(`${server.url}/account`);
  expect(pathOf(page)).toBe('/account');
  await page.context().close();
  await second.stop();
});

function request(path: string, changes: Record<string, string> = {}): string {
  return authorizeUrl(server.url, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: `${site.url}${path}`,
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...changes,
  });
}

/** The site of an application: a page that waits to be told, a callback that tells it, and one that leads on to another host. */
interface Site {
  readonly url: string;
  /** The headers of the last form that was posted here. */
  lastPost(): IncomingHttpHeaders;
  stop(): Promise<void>;
}

async function startSite(): Promise<Site> {
  let posted: IncomingHttpHeaders = {};
  const listening: Server = createServer((asked, response) => {
    if (asked.method === 'POST') posted = asked.headers;
    if (asked.url?.startsWith('/relay')) {
      response.writeHead(302, { location: elsewhere.secureCallback }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(
      asked.url?.startsWith('/callback')
        ? '<script>(opener ?? parent).postMessage("back", "*")</script>'
        : '<title>waiting</title><body><script>onmessage = () => { document.title = "told"; };</script>',
    );
  });
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    lastPost: () => posted,
    stop: async () => {
      listening.closeAllConnections();
      await new Promise((done) => listening.close(done));
    },
  };
}
