import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  type Guarded,
  guardedUser,
  signedInWithBoth,
  wrongCode,
} from '../../packages/server/test/second-factor/given.js';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { axeSource, expectUsable } from '../../packages/server/test/support/axe.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type Application, startApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { createRelyingParty } from '../support/relying-party.js';
import { arrive, newVisitor, pathOf, signIn } from '../support/visitor.js';
import { sessionCookie } from '../../packages/server/test/support/agent.js';

let server: TestServer;
let application: Application;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, application, browser] = await Promise.all([startServer(), startApplication(), launchBrowser()]);
});
beforeEach(async () => {
  page = await newVisitor(browser, { permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' });
});
afterEach(() => page.context().close());
afterAll(() => Promise.all([browser?.close(), application?.stop(), server?.stop()]));

it('a person sets up an app, keeps the recovery codes, and is asked for a code from then on', async () => {
  const user = await server.given.user();
  await page.goto(`${server.url}/login`);
  await signIn(page, user);
  const key = await beginSetUp();
  await page.click('#by-hand-open');
  await page.click('[data-copy=set-up-key]');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await page.fill('#code', shownBy(key));
  await page.keyboard.press('Enter');
  await page.waitForSelector('#recovery-codes');

  const codes = await page.locator('#recovery-codes li').allTextContents();
  expect(codes).toHaveLength(10);
  await page.click('#copy-codes');
  expect((await page.evaluate(() => navigator.clipboard.readText())).trim().split(/\s+/)).toEqual(codes);
  expect(await printed()).toEqual({ codes: true, whose: true, buttons: false, notice: false });
  await page.click('#codes-done');
  await page.waitForURL(/account#second-factor$/);
  expect(await page.textContent('#recovery-codes-left')).toBe('10 left');

  server.clock.advance(30);
  await page.context().clearCookies();
  await page.goto(`${server.url}/login`);
  await signIn(page, user);
  await page.waitForSelector('#second-factor-form');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('code');
  await page.keyboard.type(shownBy(key));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/account$/);
});

it('an application gets the second factor with its login, by a code and by a recovery code', async () => {
  const person = await guardedUser(server);
  const client = await server.given.client({ name: 'Northwind Analytics', redirectUris: [application.callback] });
  const party = await createRelyingParty(server, client, application.callback);
  const login = await party.start();
  await page.goto(login.url);
  await signIn(page, person);
  await page.waitForSelector('#second-factor-form');
  await page.fill('#code', wrongCode(person.app));
  await page.click('#second-factor-submit');
  await page.waitForSelector('#code-error');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('code');
  await page.fill('#code', person.app.code());
  await page.click('#second-factor-submit');
  await page.click('#consent-allow');
  const tokens = await party.finish(await arrive(page, application.callback), login);
  expect(tokens.claims()).toMatchObject({ acr: 'urn:authly:acr:mfa', amr: ['pwd', 'otp', 'mfa'] });

  const again = await party.start({ prompt: 'login' });
  await page.goto(again.url);
  await signIn(page, person);
  await page.click('#recovery-open');
  await page.fill('#recovery_code', person.app.recoveryCodes[0] ?? '');
  await page.keyboard.press('Enter');
  const more = await party.finish(await arrive(page, application.callback), again);
  expect(more.claims()).toMatchObject({ acr: 'urn:authly:acr:mfa' });
});

it('an application that demands it sends a person who is signed in for the code alone', async () => {
  const user = await server.given.user();
  const client = await server.given.client({ isFirstParty: true, redirectUris: [application.callback] });
  const party = await createRelyingParty(server, client, application.callback);
  await page.goto(`${server.url}/login`);
  await signIn(page, user);
  const elsewhere = await newVisitor(browser);
  await elsewhere.goto(`${server.url}/login`);
  await signIn(elsewhere, user);
  const key = await beginSetUp();
  await page.fill('#code', shownBy(key));
  await page.click('#set-up-submit');
  await page.waitForSelector('#recovery-codes');
  server.clock.advance(30);

  const login = await party.start({ acr_values: 'urn:authly:acr:mfa' });
  await elsewhere.goto(login.url);
  expect(pathOf(elsewhere)).toBe('/login/second-factor');
  await elsewhere.fill('#code', shownBy(key));
  await elsewhere.click('#second-factor-submit');
  const tokens = await party.finish(await arrive(elsewhere, application.callback), login);
  expect(tokens.claims()).toMatchObject({ acr: 'urn:authly:acr:mfa' });
  await elsewhere.context().close();
});

it('all of it works without JavaScript', async () => {
  const user = await server.given.user();
  const plain = await newVisitor(browser, { javaScriptEnabled: false });
  await plain.goto(`${server.url}/login`);
  await signIn(plain, user);
  await plain.click('#second-factor-open');
  await plain.click('#second-factor-set-up');
  expect(await plain.locator('[data-copy], [data-print]').locator('visible=true').count()).toBe(0);
  await plain.click('#by-hand-open');
  const key = ((await plain.textContent('#set-up-key')) ?? '').replaceAll(' ', '');
  await plain.fill('#code', shownBy(key));
  await plain.click('#set-up-submit');
  const [code = ''] = await plain.locator('#recovery-codes li').allTextContents();
  await plain.click('#codes-done');

  await plain.context().clearCookies();
  await plain.goto(`${server.url}/login`);
  await signIn(plain, user);
  await plain.click('#recovery-open');
  await plain.fill('#recovery_code', code.toLowerCase());
  await plain.click('#recovery-submit');
  expect(new URL(plain.url()).search).toBe('?notice=recovery_code_used');

  await plain.click('#second-factor-open');
  await plain.fill('#second-factor-proof', user.password);
  await plain.click('#second-factor-remove');
  expect(await plain.textContent('#account-notice')).toContain('Your second factor is off.');
  await plain.context().close();
});

it.each([
  ['asked for a code', (person) => askForCode(person)],
  ['refused a code', (person) => askForCode(person).then(() => giveCode(wrongCode(person.app)))],
  ['refused a recovery code', (person) => askForCode(person).then(() => giveRecoveryCode())],
  ['locked', (person) => askForCode(person).then(() => lock(person))],
  ['on the account page', (person) => openAccount(person)],
  ['setting up another app', (person) => openAccount(person).then(() => change('set-up', person))],
  ['shown the recovery codes', (person) => openAccount(person).then(() => change('codes', person))],
] as const satisfies readonly (readonly [string, (person: Guarded) => Promise<unknown>])[])(
  'axe finds nothing where a person is %s, light and dark, wide and at 320 px',
  async (_what, go) => {
    await go(await guardedUser(server));
    // From outside, so the page's own policy stays as it is.
    await page.evaluate(axeSource);
    await page.evaluate(() => {
      for (const fold of document.querySelectorAll('details')) fold.open = true;
    });
    await expectUsable(page, [1280, 320]);
  },
);

/** From the account page to the secret, which it answers. */
async function beginSetUp(): Promise<string> {
  await page.click('#second-factor-open');
  await page.click('#second-factor-set-up');
  await page.waitForSelector('.qr');
  return (await page.getAttribute('#set-up-key', 'data-plain')) ?? '';
}

/** What an app with this secret shows. */
function shownBy(key: string): string {
  return new TOTP({ secret: Secret.fromBase32(key) }).generate({ timestamp: server.clock.now().getTime() });
}

async function printed(): Promise<Record<string, boolean>> {
  await page.emulateMedia({ media: 'print' });
  const seen = {
    codes: await page.isVisible('#recovery-codes'),
    whose: await page.isVisible('.on-paper'),
    buttons: await page.locator('button, .button').locator('visible=true').count().then(Boolean),
    notice: await page.isVisible('#codes-notice'),
  };
  await page.emulateMedia({ media: null });
  return seen;
}

async function askForCode(person: GivenUser): Promise<void> {
  await page.goto(`${server.url}/login`);
  await signIn(page, person);
  await page.waitForSelector('#second-factor-form');
}

async function giveCode(code: string): Promise<void> {
  await page.fill('#code', code);
  await Promise.all([page.waitForEvent('load'), page.click('#second-factor-submit')]);
  await page.waitForSelector('#code-error, #second-factor-problem');
}

async function giveRecoveryCode(): Promise<void> {
  await page.click('#recovery-open');
  await page.fill('#recovery_code', '0000 0000 0000 0000');
  await page.click('#recovery-submit');
  await page.waitForSelector('#recovery_code-error');
}

async function lock(person: Guarded): Promise<void> {
  for (let tries = 0; tries <= server.context.settings['lockout.max_attempts']; tries += 1)
    await giveCode(wrongCode(person.app));
  await page.waitForSelector('#second-factor-problem');
}

async function openAccount(person: Guarded): Promise<void> {
  const value = (await signedInWithBoth(server, person)).cookies.get(sessionCookie(server)) ?? '';
  await page.context().addCookies([{ name: sessionCookie(server), value, url: server.url }]);
  await page.goto(`${server.url}/account`);
}

async function change(action: 'set-up' | 'codes', person: GivenUser): Promise<void> {
  await page.click('#second-factor-open');
  await page.fill('#second-factor-proof', person.password);
  await page.click(`#second-factor-${action}`);
  await page.waitForSelector('#recovery-codes, .qr');
}
