import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { GivenUser } from '../../packages/server/test/support/given.js';

/** A page in a browser that has never been here. */
export async function newVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

/** Fills in the login page that is open. */
export async function signIn(page: Page, { user, password }: GivenUser): Promise<void> {
  await page.fill('#username', user.username);
  await page.fill('#password', password);
  await page.click('#login-submit');
}

/** Goes to an application's login and comes back with whatever the pages ask for on the way. */
export async function logIn(page: Page, url: string, user: GivenUser, callback: string): Promise<URL> {
  await page.goto(url);
  await signIn(page, user);
  await page.click('#consent-allow');
  return arrive(page, callback);
}

/** Waits until the browser is back at the application. */
export async function arrive(page: Page, callback: string): Promise<URL> {
  await page.waitForURL((address) => address.href.startsWith(callback));
  return new URL(page.url());
}

/** Which page of the server is shown, by its path. */
export function pathOf(page: Page): string {
  return new URL(page.url()).pathname;
}
