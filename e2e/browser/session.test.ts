import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type Application, startApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { createRelyingParty } from '../support/relying-party.js';
import { logIn, newVisitor, pathOf, signIn } from '../support/visitor.js';
import { sessionCookie } from '../../packages/server/test/support/agent.js';

let server: TestServer;
let application: Application;
let browser: Browser;
let user: GivenUser;

beforeAll(async () => {
  [server, application, browser] = await Promise.all([startServer(), startApplication(), launchBrowser()]);
});

beforeEach(async () => {
  user = await server.given.user();
});

afterAll(() => Promise.all([browser?.close(), application?.stop(), server?.stop()]));

describe('the session cookie', () => {
  // @attack session fixation (GHSA-2vg6-77g8-24mp, CVE-2023-6787)
  it('changes at the login, so that one planted before is worth nothing', async () => {
    const page = await newVisitor(browser);
    const planted = 'A'.repeat(43);
    await page.context().addCookies([{ name: sessionCookie(server), value: planted, url: server.url }]);
    await page.goto(`${server.url}/login`);
    await signIn(page, user);
    await page.waitForURL(/\/account/);
    const first = await findSession(page);
    expect(first?.value).not.toBe(planted);
    await page.goto(`${server.url}/login?reason=switch_account`);
    await signIn(page, user);
    await page.waitForURL(/\/account/);
    const second = await findSession(page);
    expect(second?.value).not.toBe(first?.value);

    const thief = await newVisitor(browser);
    for (const value of [planted, first?.value ?? '']) {
      await thief.context().addCookies([{ name: sessionCookie(server), value, url: server.url }]);
      await thief.goto(`${server.url}/account`);
      expect(pathOf(thief)).toBe('/login');
    }
    await Promise.all([page.context().close(), thief.context().close()]);
  });

  it('is out of reach of scripts and is not sent with posts from other sites', async () => {
    const page = await newVisitor(browser);
    await page.goto(`${server.url}/login`);
    await signIn(page, user);
    await page.waitForURL(/\/account/);
    expect(await findSession(page)).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.context().close();
  });

  // @attack session fixation (GHSA-2vg6-77g8-24mp, CVE-2023-6787)
  it('is worth nothing after signing out, wherever a copy of it is', async () => {
    const page = await newVisitor(browser);
    await page.goto(`${server.url}/login`);
    await signIn(page, user);
    await page.waitForURL(/\/account/);
    const copy = await findSession(page);
    await page.click('#sign-out');
    await page.waitForURL(/\/login\?reason=signed_out/);
    await page.context().addCookies([{ name: sessionCookie(server), value: copy?.value ?? '', url: server.url }]);
    await page.goto(`${server.url}/account`);
    expect(pathOf(page)).toBe('/login');
    await page.context().close();
  });
});

describe('a form posted by another site', () => {
  it('does nothing: it signs nobody in or out, and ends no session', async () => {
    const elsewhere = await server.given.signedIn(user);
    const page = await newVisitor(browser);
    await page.goto(`${server.url}/login`);
    await signIn(page, user);
    await page.waitForURL(/\/account/);
    const before = await findSession(page);
    for (const path of [
      '/account/sessions',
      '/account/sign-out',
      '/login',
      '/device/confirm',
      '/oidc/logout/confirm',
    ]) {
      await page.goto(application.secureCallback.replace('/callback', '/evil'));
      await page.evaluate((action) => {
        const form = document.createElement('form');
        form.method = 'post';
        form.action = action;
        for (const name of ['csrf', 'username', 'password', 'action', 'decision']) {
          const input = document.createElement('input');
          input.name = name;
          input.value = 'end_others';
          form.append(input);
        }
        document.body.append(form);
        form.submit();
      }, `${server.url}${path}`);
      await page.waitForURL(`${server.url}/**`);
    }
    expect(await findSession(page)).toEqual(before);
    await page.goto(`${server.url}/account`);
    expect(pathOf(page)).toBe('/account');
    expect((await elsewhere.get('/account')).status).toBe(200);
    await page.context().close();
  });
});

describe('without JavaScript', () => {
  it('a whole login works, and so does the account page', async () => {
    const client = await server.given.client({ name: 'Plain app', redirectUris: [application.callback] });
    const party = await createRelyingParty(server, client, application.callback);
    const page = await newVisitor(browser, { javaScriptEnabled: false });
    const login = await party.start();
    const tokens = await party.finish(await logIn(page, login.url, user, application.callback), login);
    expect(tokens.claims()?.sub).toBe(user.user.id);
    await page.goto(`${server.url}/account`);
    await page.click('#create-key-open');
    await page.fill('#key-name', 'made by hand');
    await page.locator('#create-key-form input[type=checkbox]').first().check();
    await page.click('#create-key-submit');
    expect(await page.inputValue('#new-api-key')).toMatch(/^authly_pat_/);
    await page.getByRole('button', { name: 'Remove the access of Plain app' }).click();
    await page.waitForSelector('#account-notice');
    await page.context().close();
  });

  it('form_post comes with a button', async () => {
    const { party, callback } = await formPostParty();
    const page = await newVisitor(browser, { javaScriptEnabled: false });
    const login = await party.start({ response_mode: 'form_post' });
    await page.goto(login.url);
    await signIn(page, user);
    await page.click('#consent-allow');
    await page.click('#form-post-submit');
    await page.waitForURL(callback);
    expect(application.arrivals.at(-1)?.body.get('code')).toBeTruthy();
    await page.context().close();
  });
});

describe('response_mode=form_post', () => {
  it('sends itself, with every byte of the state', async () => {
    const { party, callback } = await formPostParty();
    const state = `"><script>alert(1)</script> +%20&amp; é 🦉`;
    const page = await newVisitor(browser);
    const login = await party.start({ response_mode: 'form_post', state });
    await page.goto(login.url);
    await signIn(page, user);
    await page.click('#consent-allow');
    await page.waitForURL(callback);
    const arrival = application.arrivals.at(-1);
    expect(arrival?.method).toBe('POST');
    expect(arrival?.body.get('state')).toBe(state);
    expect(arrival?.body.get('iss')).toBe(server.url);
    const answer = new URL(callback);
    answer.search = (arrival?.body ?? new URLSearchParams()).toString();
    const checks = { ...login.checks, expectedState: state };
    const tokens = await party.finish(answer, { ...login, checks });
    expect(tokens.claims()?.sub).toBe(user.user.id);
    await page.context().close();
  });
});

describe('the content security policy', () => {
  it('lets the answer go to a client on https, and on a loopback address, and stays silent', async () => {
    for (const callback of [application.secureCallback, application.callback]) {
      const client = await server.given.client({ redirectUris: [callback] });
      const party = await createRelyingParty(server, client, callback);
      const page = await newVisitor(browser);
      const heard = complaints(page);
      const login = await party.start();
      await logIn(page, login.url, user, callback);
      expect(heard).toEqual([]);
      await page.context().close();
    }
  });

  it('lets an app with a scheme of its own be opened', async () => {
    const { heard, address } = await leaveFor('com.example.app:/callback', (policy) => policy);
    expect(heard).toEqual([]);
    expect(address).toContain('/going-back?flow=');
  });

  it('would be heard if it forbade the redirect: the browser does hold redirects to form-action', async () => {
    const callback = application.secureCallback;
    const { heard, locations, address } = await leaveFor(callback, ownOnly);
    expect(locations.at(-1)).toContain(`${callback}?code=`);
    expect(heard.join()).toContain('form-action');
    expect(address).not.toContain(callback);
  });
});

async function formPostParty() {
  const callback = application.secureCallback;
  const client = await server.given.client({ redirectUris: [callback] });
  return { callback, party: await createRelyingParty(server, client, callback) };
}

/** What the browser says about our policy. */
function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) heard.push(message.text());
  });
  return heard;
}

function ownOnly(policy: string): string {
  return policy.replace(/form-action [^;]+/, "form-action 'self'");
}

/** Logs in and consents, with the policy of the consent page changed on its way to the browser. */
async function leaveFor(
  callback: string,
  change: (policy: string) => string,
): Promise<{ readonly heard: string[]; readonly locations: string[]; readonly address: string }> {
  const client = await server.given.client({ redirectUris: [callback] });
  const party = await createRelyingParty(server, client, callback);
  const page = await newVisitor(browser);
  const heard = complaints(page);
  await page.goto((await party.start()).url);
  await signIn(page, user);
  await page.waitForURL(/\/consent/);
  // A page that is reached by a redirect is not routed: it is loaded once more.
  await page.route(/\/consent\?/, async (route) => {
    const response = await route.fetch();
    const policy = change(response.headers()['content-security-policy'] ?? '');
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  });
  await page.reload();
  const locations = await redirectsOf(page);
  await page.click('#consent-allow', { noWaitAfter: true });
  await expect.poll(() => locations.length, { timeout: 15_000 }).toBeGreaterThan(0);
  // Whatever the browser does with the address, it has done before it runs this.
  await page.waitForTimeout(200);
  const address = page.url();
  await page.context().close();
  return { heard, locations, address };
}

/** Where answers send the browser, also where it does not go. */
async function redirectsOf(page: Page): Promise<string[]> {
  const locations: string[] = [];
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Network.responseReceivedExtraInfo', ({ headers }) => {
    const location = Object.entries(headers).find(([name]) => name.toLowerCase() === 'location')?.[1];
    if (location !== undefined) locations.push(location);
  });
  await devtools.send('Network.enable');
  return locations;
}

async function findSession(page: Page) {
  return (await page.context().cookies()).find((cookie) => cookie.name === sessionCookie(server));
}
