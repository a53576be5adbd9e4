import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { newVisitor } from '../../support/visitor.js';
import { PERSON } from './authly.js';
import type { Software } from './software.js';

/** The software, or Authly, answered a page of the login with an error. */
export class RefusedLogin extends Error {}

/** Goes to the login page of a program, signs in at Authly, allows what it asks for, and answers the page that shows who is there. */
export async function logInThrough(browser: Browser, software: Software): Promise<Page> {
  const page = await newVisitor(browser);
  const refused = new Promise<never>((_, reject) => {
    page.on('response', (response) => {
      const status = response.status();
      if (status < 400 || !response.request().isNavigationRequest()) return;
      void response.text().then(
        (text) =>
          reject(new RefusedLogin(`${status} at ${response.url()}: ${text.slice(0, 2000)}\n${software.output()}`)),
        () => reject(new RefusedLogin(`${status} at ${response.url()}\n${software.output()}`)),
      );
    });
  });
  // A refusal after the login is nobody's business here.
  refused.catch(() => undefined);
  await Promise.race([signIn(page, software), refused]);
  return page;
}

async function signIn(page: Page, { url }: Software): Promise<void> {
  await page.goto(`${url}/login`).catch((error: unknown) => {
    // An error without a body is a page to nobody.
    if (String(error).includes('ERR_HTTP_RESPONSE_CODE_FAILURE')) throw new RefusedLogin(String(error));
    throw error;
  });
  await page.fill('#username', PERSON.username);
  await page.fill('#password', PERSON.password);
  await page.click('#login-submit');
  await page.click('#consent-allow');
  await page.waitForURL(`${url}/me`);
}

/** What a page of a program shows as JSON. */
export async function read(page: Page, address?: string): Promise<Record<string, unknown>> {
  if (address !== undefined) await page.goto(address);
  // A page of a browser library shows it when it has done its work.
  await page.waitForFunction(() => document.body.innerText.trim() !== '');
  const text = await page.innerText('body');
  if (!text.startsWith('{')) throw new Error(`${page.url()} shows: ${text.slice(0, 2000)}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Logs out through the program, and finds that Authly has forgotten the person as well. */
export async function logOut(page: Page, { url }: Software): Promise<void> {
  await page.goto(`${url}/logout`);
  // Back at the program, or at Authly's login again where its first page demands one.
  await page.waitForURL((address) => address.href === `${url}/` || address.pathname === '/login');
  await page.goto(`${url}/login`);
  await page.waitForSelector('#login-form');
}

/** Calls the API of a program with the token that it got, and with one that nobody signed. */
export async function callApi(page: Page, { url }: Software): Promise<void> {
  const { access_token: token } = (await read(page, `${url}/token`)) as { readonly access_token: string };
  const call = (sent: string): Promise<Response> =>
    fetch(`${url}/api`, { headers: { authorization: `Bearer ${sent}` } });
  const answer = await call(token);
  const body = await answer.text();
  expect([answer.status, body]).toEqual([200, expect.stringContaining('"sub"')]);
  expect((await call(`${token.slice(0, -8)}AAAAAAAA`)).status).toBe(401);
}
