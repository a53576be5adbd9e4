import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type Application, startApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { createRelyingParty, type RelyingParty, type StartedLogin } from '../support/relying-party.js';
import { arrive, logIn, newVisitor, pathOf, signIn } from '../support/visitor.js';

let server: TestServer;
let application: Application;
let browser: Browser;
let user: GivenUser;
let party: RelyingParty;
let page: Page;

beforeAll(async () => {
  [server, application, browser] = await Promise.all([startServer(), startApplication(), launchBrowser()]);
});

beforeEach(async () => {
  user = await server.given.user();
  const client = await server.given.client({ redirectUris: [application.callback] });
  party = await createRelyingParty(server, client, application.callback);
  page = await newVisitor(browser);
  return () => page.context().close();
});

afterAll(() => Promise.all([browser?.close(), application?.stop(), server?.stop()]));

describe('prompt=none', () => {
  it('shows no page: login_required while nobody is signed in', async () => {
    expect(await silently()).toBe('login_required');
  });

  it('says consent_required to an application that was not allowed yet', async () => {
    await page.goto(`${server.url}/login`);
    await signIn(page, user);
    await page.waitForURL(/\/account/);
    expect(await silently()).toBe('consent_required');
  });

  it('answers a code once everything is settled, without a page', async () => {
    await enter();
    const login = await party.start({ prompt: 'none' });
    await page.goto(login.url);
    expect((await finish(login)).claims()?.sub).toBe(user.user.id);
  });

  it('says login_required for a hint of somebody else', async () => {
    const hint = (await enter()).id_token ?? '';
    await page.context().clearCookies();
    const other = await server.given.user();
    await enter(other);
    expect(await silently({ id_token_hint: hint })).toBe('login_required');
  });
});

describe('prompt=login', () => {
  it('asks for the password again although there is a session, and auth_time grows', async () => {
    const before = (await enter()).claims()?.auth_time ?? 0;
    server.clock.advance(2);
    const login = await party.start({ prompt: 'login' });
    await page.goto(login.url);
    expect(pathOf(page)).toBe('/login');
    expect(await page.textContent('main')).toContain('Enter your password again');
    await signIn(page, user);
    expect((await finish(login)).claims()?.auth_time).toBeGreaterThan(before);
  });

  it('is not skipped by opening the next page by hand', async () => {
    await enter();
    const login = await party.start({ prompt: 'login' });
    await page.goto(login.url);
    const flow = new URL(page.url()).searchParams.get('flow') ?? '';
    for (const path of ['/consent', '/api/v1/oauth/authorize']) {
      await page.goto(`${server.url}${path}?flow=${flow}`);
      expect(pathOf(page)).toBe('/login');
    }
  });
});

describe('max_age', () => {
  it('asks again when the login is older, and goes through when it is not', async () => {
    await enter();
    const young = await party.start({ max_age: '600' });
    await page.goto(young.url);
    expect((await finish(young)).claims()?.auth_time).toBeTypeOf('number');
    server.clock.advance(3);
    const old = await party.start({ max_age: '2' });
    await page.goto(old.url);
    expect(pathOf(page)).toBe('/login');
    await signIn(page, user);
    await finish(old);
  });
});

describe('prompt=consent', () => {
  it('shows the consent page although it was allowed before', async () => {
    await enter();
    const login = await party.start({ prompt: 'consent' });
    await page.goto(login.url);
    expect(pathOf(page)).toBe('/consent');
    await page.click('#consent-allow');
    await finish(login);
  });
});

describe('prompt=select_account', () => {
  it('offers the account that is signed in', async () => {
    await enter();
    const login = await party.start({ prompt: 'select_account' });
    await page.goto(login.url);
    expect(pathOf(page)).toBe('/select-account');
    await page.click('#select-account-continue');
    expect((await finish(login)).claims()?.sub).toBe(user.user.id);
  });

  it('offers another one', async () => {
    await enter();
    const other = await server.given.user();
    const login = await party.start({ prompt: 'select_account' });
    await page.goto(login.url);
    await page.click('#select-account-switch');
    await signIn(page, other);
    await page.click('#consent-allow');
    expect((await finish(login)).claims()?.sub).toBe(other.user.id);
  });
});

describe('login_hint', () => {
  it('fills the name in as text, whatever it is', async () => {
    const hint = '"><script>document.title="x"</script>';
    const login = await party.start({ login_hint: hint });
    await page.goto(login.url);
    expect(await page.inputValue('#username')).toBe(hint);
    expect(await page.title()).not.toBe('x');
  });
});

describe('cancelling the login', () => {
  it('tells the application access_denied', async () => {
    const login = await party.start();
    await page.goto(login.url);
    await page.click('#login-cancel');
    expect((await arrive(page, application.callback)).searchParams.get('error')).toBe('access_denied');
  });
});

describe('a demanded password change', () => {
  it('comes before the consent, and the login goes on after it', async () => {
    const person = await server.given.user({ requiresPasswordChange: true });
    const login = await party.start();
    await page.goto(login.url);
    await signIn(page, person);
    expect(pathOf(page)).toBe('/change-password');
    const next = `Another-${person.password}`;
    await page.fill('#current_password', person.password);
    await page.fill('#new_password', next);
    await page.fill('#confirm_password', next);
    await page.click('#password-change-submit');
    await page.click('#consent-allow');
    expect((await finish(login)).claims()?.sub).toBe(person.user.id);
  });
});

type Tokens = Awaited<ReturnType<RelyingParty['finish']>>;

async function enter(person = user): Promise<Tokens> {
  const login = await party.start();
  await logIn(page, login.url, person, application.callback);
  // What comes next is asked later than this login.
  server.clock.advance(1);
  return finish(login);
}

async function finish(login: StartedLogin): Promise<Tokens> {
  return party.finish(await arrive(page, application.callback), login);
}

async function silently(parameters: Record<string, string> = {}): Promise<string | null> {
  const login = await party.start({ prompt: 'none', ...parameters });
  await page.goto(login.url);
  return (await arrive(page, application.callback)).searchParams.get('error');
}
