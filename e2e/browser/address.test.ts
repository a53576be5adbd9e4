import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cookieName } from '../../packages/server/src/http/cookies.js';
import { guardedUser, wrongCode } from '../../packages/server/test/second-factor/given.js';
import { createAgent, readForm } from '../../packages/server/test/support/agent.js';
import { authorizeUrl, type GivenClient, type GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type Application, startApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { arrive, newVisitor, signIn } from '../support/visitor.js';

let server: TestServer;
let application: Application;
let browser: Browser;
let user: GivenUser;
let client: GivenClient;

beforeAll(async () => {
  [server, application, browser] = await Promise.all([startServer(), startApplication(), launchBrowser()]);
  user = await server.given.user();
  client = await server.given.client({ name: 'Shop', type: 'public', redirectUris: [application.callback] });
});

afterAll(() => Promise.all([browser?.close(), application?.stop(), server?.stop()]));

it('after wrong passwords the address still leads to the application: reload is no try, and a second tab goes on', async () => {
  const page = await newVisitor(browser);
  await page.goto(request());
  const first = page.url();
  for (const wrong of ['wrong one', 'wrong two']) {
    await Promise.all([page.waitForEvent('load'), signIn(page, { ...user, password: wrong })]);
    await page.waitForSelector('#login-problem');
    expect(page.url()).toBe(first);
    expect(await page.inputValue('#username')).toBe(user.user.username);
  }
  const posts = countPosts(page);
  await page.reload();
  expect([posts(), await page.locator('#login-problem').count(), page.url()]).toEqual([0, 0, first]);
  await page.goBack();
  await page.goForward();
  expect(await page.textContent('main')).toContain('Shop');
  const tab = await page.context().newPage();
  await tab.goto(first);
  expect(await tab.textContent('main')).toContain('Shop');
  await signIn(tab, user);
  await tab.click('#consent-allow');
  expect((await arrive(tab, application.callback)).searchParams.get('code')).toBeTruthy();
  await page.context().close();
});

it('a wrong code leads back to the address of the second factor, which goes on after a reload', async () => {
  const person = await guardedUser(server);
  const page = await newVisitor(browser);
  await page.goto(request());
  await signIn(page, person);
  await page.waitForSelector('#code');
  const asked = page.url();
  await page.fill('#code', wrongCode(person.app));
  await page.click('#second-factor-submit');
  await page.waitForSelector('#code-error');
  expect(page.url()).toBe(asked);
  const posts = countPosts(page);
  await page.reload();
  expect([posts(), await page.locator('#code-error').count()]).toEqual([0, 0]);
  await page.fill('#code', person.app.code());
  await page.click('#second-factor-submit');
  await page.waitForSelector('#consent-allow');
  await page.context().close();
});

it('a wrong device code and a refused new password have an address, too', async () => {
  const newcomer = await server.given.user({ requiresPasswordChange: true });
  const page = await newVisitor(browser);
  await page.goto(request());
  await signIn(page, newcomer);
  await page.waitForSelector('#current_password');
  const asked = page.url();
  await page.fill('#current_password', 'not the one');
  await page.fill('#new_password', 'a long enough new one');
  await page.fill('#confirm_password', 'a long enough new one');
  await page.click('#password-change-submit');
  await page.waitForSelector('#current_password-error');
  expect(page.url()).toBe(asked);
  await page.context().close();

  const visitor = await newVisitor(browser);
  await visitor.goto(`${server.url}/device`);
  await signIn(visitor, user);
  await visitor.waitForSelector('#user_code');
  await visitor.fill('#user_code', 'BCDF-GHJK');
  await visitor.click('#device-submit');
  await visitor.waitForSelector('#device-problem');
  expect(visitor.url()).toBe(`${server.url}/device?user_code=BCDF-GHJK`);
  const posts = countPosts(visitor);
  await visitor.reload();
  expect([posts(), await visitor.locator('#device-problem').count()]).toEqual([0, 0]);
  await visitor.context().close();
});

it('what a page says once is said by no other page, and in no other browser', async () => {
  const agent = createAgent(server.url);
  const login = await agent.get('/login');
  const wrong = { ...readForm(login.body, 'login-form').hidden, username: user.user.username, password: 'wrong' };
  const refused = await agent.post('/login', wrong);
  expect([refused.status, refused.location]).toEqual([303, `${server.url}/login`]);
  const name = cookieName('problem', { issuer: server.url });
  const said = agent.cookies.get(name) ?? '';
  const other = createAgent(server.url);
  await other.get('/login');
  other.cookies.set(name, said);
  expect((await other.get('/login')).body).not.toContain('id="login-problem"');
  expect((await agent.get('/login?to=device')).body).not.toContain('id="login-problem"');
  const shown = await agent.get('/login');
  expect([shown.status, shown.body.includes('id="login-problem"'), agent.cookies.has(name)]).toEqual([
    401,
    true,
    false,
  ]);
  expect((await agent.get('/login')).status).toBe(200);
});

it('an app with a scheme of its own is opened from a page that can open it again; a second post gets the same answer', async () => {
  const app = await server.given.client({ name: 'Shop', type: 'public', redirectUris: ['com.example.shop:/callback'] });
  const page = await newVisitor(browser);
  await page.goto(request({ client_id: app.clientId, redirect_uri: 'com.example.shop:/callback' }));
  await signIn(page, user);
  await page.waitForSelector('#consent-allow');
  const form = readForm(await page.content(), 'consent-form').hidden;
  await page.click('#consent-allow');
  await page.waitForSelector('#going-back');
  expect(await page.textContent('h1')).toBe('You can go back to Shop now');
  const link = await page.getAttribute('#going-back', 'href');
  expect(link).toMatch(/^com\.example\.shop:\/callback\?code=/);
  const again = await page.request.post(`${server.url}/consent`, {
    form: { ...form, decision: 'allow' },
    headers: { origin: server.url },
  });
  expect(await again.text()).toContain(link?.replaceAll('&', '&amp;'));
  await page.reload();
  expect(await page.getAttribute('#going-back', 'href')).toBe(link);
  await page.context().close();
});

it('Back after a finished sign-in leads to the application', async () => {
  const page = await newVisitor(browser);
  await page.goto(request());
  const login = page.url();
  await signIn(page, user);
  await page.click('#consent-allow');
  await arrive(page, application.callback);
  await page.goto(login);
  expect(await page.textContent('h1')).toBe('You can go back to Shop now');
  expect(await page.getAttribute('#going-back', 'href')).toBe(`${new URL(application.callback).origin}/`);
  await page.context().close();
});

function countPosts(page: Page): () => number {
  let posts = 0;
  page.on('request', (one) => {
    if (one.method() === 'POST') posts += 1;
  });
  return () => posts;
}

function request(changes: Record<string, string> = {}): string {
  return authorizeUrl(server.url, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: application.callback,
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...changes,
  });
}
