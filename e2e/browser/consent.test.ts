import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GivenClient, GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type Application, startApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { createRelyingParty, type RelyingParty } from '../support/relying-party.js';
import { arrive, logIn, newVisitor, pathOf, signIn } from '../support/visitor.js';

let server: TestServer;
let application: Application;
let browser: Browser;
let user: GivenUser;
let client: GivenClient;
let party: RelyingParty;

beforeAll(async () => {
  [server, application, browser] = await Promise.all([startServer(), startApplication(), launchBrowser()]);
});

beforeEach(async () => {
  user = await server.given.user();
  client = await server.given.client({ name: 'Northwind Analytics', redirectUris: [application.callback] });
  party = await createRelyingParty(server, client, application.callback);
});

afterAll(() => Promise.all([browser?.close(), application?.stop(), server?.stop()]));

describe('consent', () => {
  it('is remembered: the next login of the same application goes through without a page', async () => {
    const page = await newVisitor(browser);
    const first = await party.start();
    await logIn(page, first.url, user, application.callback);
    const second = await party.start();
    await page.goto(second.url);
    const tokens = await party.finish(await arrive(page, application.callback), second);
    expect(tokens.claims()?.sub).toBe(user.user.id);
    await page.context().close();
  });

  it('is asked again for more than was allowed, and says what', async () => {
    const page = await newVisitor(browser);
    const narrow = await party.start({ scope: 'openid profile' });
    await logIn(page, narrow.url, user, application.callback);
    const wider = await party.start({ scope: 'openid profile read' });
    await page.goto(wider.url);
    expect(pathOf(page)).toBe('/consent');
    expect(await page.locator('[data-scope=read]').count()).toBe(1);
    await page.context().close();
  });

  it('is taken back on the account page: the tokens die and the next login asks again', async () => {
    const page = await newVisitor(browser);
    const first = await party.start();
    const back = await logIn(page, first.url, user, application.callback);
    const tokens = await party.finish(back, first);
    await page.goto(`${server.url}/account`);
    await page.getByRole('button', { name: 'Remove the access of Northwind Analytics' }).click();
    await page.waitForSelector('#account-notice');
    expect(await page.textContent('#apps')).toContain('No app has access');
    const answer = await server.post('/api/v1/oauth/introspect', { token: tokens.access_token }, client.basic);
    expect(await answer.json()).toEqual({ active: false });
    const second = await party.start();
    await page.goto(second.url);
    expect(pathOf(page)).toBe('/consent');
    await page.context().close();
  });

  it('that is denied tells the application so, with its state and the issuer', async () => {
    const page = await newVisitor(browser);
    const login = await party.start();
    await page.goto(login.url);
    await signIn(page, user);
    await page.click('#consent-deny');
    const back = await arrive(page, application.callback);
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('iss')).toBe(server.url);
    expect(back.searchParams.get('state')).toBe(login.checks.expectedState);
    expect(back.searchParams.has('code')).toBe(false);
    await expect(party.finish(back, login)).rejects.toMatchObject({ error: 'access_denied' });
    await page.context().close();
  });

  it('that is given twice makes one code', async () => {
    const page = await newVisitor(browser);
    const login = await party.start();
    await page.goto(login.url);
    await signIn(page, user);
    await page.waitForSelector('#consent-form');
    const post = await formOf(page, '#consent-form', { decision: 'allow' });
    const answers = await Promise.all(
      [1, 2, 3].map(() => page.request.post(post.action, { form: post.fields, maxRedirects: 0 })),
    );
    const codes = answers.filter((answer) => answer.headers()['location']?.includes('code='));
    expect(codes).toHaveLength(1);
    for (const answer of answers) if (!codes.includes(answer)) expect(answer.status()).toBe(400);
    await page.context().close();
  });

  it('of one tab is not applied to the request of another', async () => {
    const other = await server.given.client({ name: 'Contoso Mail', redirectUris: [application.callback] });
    const otherParty = await createRelyingParty(server, other, application.callback);
    const first = await newVisitor(browser);
    const second = await first.context().newPage();
    const one = await party.start();
    const two = await otherParty.start({ scope: 'openid' });
    await first.goto(one.url);
    await second.goto(two.url);
    await signIn(second, user);
    await signIn(first, user);
    expect(await second.textContent('h1')).toContain('Contoso Mail');
    expect(await first.textContent('h1')).toContain('Northwind Analytics');
    await second.click('#consent-allow');
    const tokensOfTwo = await otherParty.finish(await arrive(second, application.callback), two);
    expect(tokensOfTwo.claims()?.aud).toBe(other.clientId);
    expect(tokensOfTwo.scope).toBe('openid');
    expect(pathOf(first)).toBe('/consent');
    await first.click('#consent-allow');
    const tokensOfOne = await party.finish(await arrive(first, application.callback), one);
    expect(tokensOfOne.claims()?.aud).toBe(client.clientId);
    await first.context().close();
  });

  it('page left open while another person signs in here counts for nobody: that person is asked', async () => {
    const page = await newVisitor(browser);
    const login = await party.start();
    await page.goto(login.url);
    await signIn(page, user);
    await page.waitForSelector('#consent-form');
    const other = await server.given.user();
    const tab = await page.context().newPage();
    await tab.goto(`${server.url}/login?reason=switch_account`);
    await signIn(tab, other);
    await tab.waitForURL(/\/account/);
    await page.click('#consent-allow');
    await page.waitForLoadState();
    expect(pathOf(page)).toBe('/consent');
    expect(await page.textContent('.person')).toContain(other.user.username);
    for (const person of [user, other])
      expect(await server.context.store.consents.find(person.user.id, client.clientId)).toBeUndefined();
    await page.context().close();
  });

  it('lets the person switch to another account', async () => {
    const page = await newVisitor(browser);
    const other = await server.given.user();
    const login = await party.start();
    await page.goto(login.url);
    await signIn(page, user);
    await page.click('#switch-account');
    await signIn(page, other);
    expect(await page.textContent('.person')).toContain(other.user.username);
    await page.click('#consent-allow');
    const tokens = await party.finish(await arrive(page, application.callback), login);
    expect(tokens.claims()?.sub).toBe(other.user.id);
    await page.context().close();
  });
});

describe('the back button', () => {
  it('after a login shows no page that could be sent again for a second code', async () => {
    const page = await newVisitor(browser);
    const login = await party.start();
    await logIn(page, login.url, user, application.callback);
    const codes = application.arrivals.filter((arrival) => arrival.url.searchParams.has('code')).length;
    for (let step = 0; step < 4; step += 1) {
      await page.goBack({ timeout: 3000 }).catch(() => null);
      for (const button of ['#consent-allow', '#login-submit']) {
        if (!(await page.locator(button).isVisible())) continue;
        if (button === '#login-submit') await signIn(page, user);
        else await page.click(button);
        await page.waitForLoadState();
      }
    }
    const after = application.arrivals.filter((arrival) => arrival.url.searchParams.has('code')).length;
    expect(after).toBe(codes);
    await page.context().close();
  });
});

async function formOf(
  page: import('playwright-core').Page,
  selector: string,
  more: Record<string, string>,
): Promise<{ readonly action: string; readonly fields: Record<string, string> }> {
  const fields = await page.$eval(selector, (form) =>
    Object.fromEntries([...form.querySelectorAll('input')].map((input) => [input.name, input.value])),
  );
  const action = await page.$eval(selector, (form) => (form as HTMLFormElement).action);
  return { action, fields: { ...fields, ...more } };
}
