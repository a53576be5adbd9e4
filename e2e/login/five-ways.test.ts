import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { terminals } from '../../packages/cli/test/support/pty.js';
import { ADMIN_PASSWORD, administration } from '../../packages/cli/test/support/server.js';
import { givenAuthenticator } from '../../packages/server/test/support/authenticator.js';
import { launchBrowser } from '../support/browser.js';
import { newVisitor } from '../support/visitor.js';

/** Each of the five ways to log in: the real command in a real terminal, our own server, a real Chromium where a person uses one. */

const authly = administration();
const open = terminals(authly.cli);
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
beforeEach(async () => {
  page = await newVisitor(browser);
  return () => page.context().close();
});
afterAll(() => browser?.close());

async function signInAsAdmin(): Promise<void> {
  await page.fill('#username', 'admin');
  await page.fill('#password', ADMIN_PASSWORD);
  await page.click('#login-submit');
}

/** The login is good for an administrator's command, and the stored token is encrypted. */
async function works(home: NodeJS.ProcessEnv): Promise<void> {
  const status = await authly.cli.run(['admin', 'client', 'list', '--output', 'json'], { env: home });
  expect(status.stderr).toBe('');
  expect(JSON.parse(status.stdout)).toHaveProperty('clients');
  const file = readFileSync(join(home.AUTHLY_HOME ?? '', 'tokens.json'), 'utf8');
  expect(file).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  expect(file).not.toContain('authly_rt_');
  expect(file).not.toContain('authly_pat_');
}

function home(name: string): NodeJS.ProcessEnv {
  return { AUTHLY_HOME: join(authly.cli.home, name) };
}

describe('a login', () => {
  // @rule 1.42, 3.15
  it('by device code: the person confirms in a browser, the terminal goes on by itself', async () => {
    const env = home('device');
    const screen = open('authly admin auth login --method device', { env });
    const shown = await screen.shows(/[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/);
    const code = /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/.exec(shown)?.[0] ?? '';
    await page.goto(`${authly.url()}/device`);
    await signInAsAdmin().catch(() => undefined);
    if ((await page.locator('#user_code').count()) > 0) {
      await page.fill('#user_code', code);
      await page.click('#device-submit');
    }
    if ((await page.locator('#login-form').count()) > 0) await signInAsAdmin();
    if ((await page.locator('#device-submit').count()) > 0) await page.click('#device-submit');
    expect(await page.textContent('#device-code')).toBe(code);
    await page.click('#device-allow');
    await page.waitForSelector('#device-approved');
    screen.enter();
    const { code: exit, text } = await screen.ends();
    expect(exit, text).toBe(0);
    expect(text).toContain('admin');
    await works(env);
  });

  // @rule 1.42, 3.15
  it('by browser: the address is opened, the answer comes back to a port of this computer', async () => {
    const env = home('browser');
    const visited = join(authly.cli.home, 'visited');
    const opener = join(authly.cli.home, 'open-page');
    writeFileSync(opener, `#!/bin/sh\nprintf '%s' "$1" > '${visited}'\n`);
    chmodSync(opener, 0o755);
    const screen = open('authly admin auth login --method browser', {
      env: { ...env, AUTHLY_BROWSER: opener, DISPLAY: ':99' },
    });
    await expect
      .poll(() => existsSync(visited) && readFileSync(visited, 'utf8') !== '', { timeout: 15_000 })
      .toBe(true);
    await page.goto(readFileSync(visited, 'utf8'));
    await signInAsAdmin();
    expect(await page.textContent('main')).toMatch(/program on this\s+computer/);
    await page.click('#consent-allow');
    await page.waitForURL(/127\.0\.0\.1:\d+\/(callback|done)/);
    const { code, text } = await screen.ends();
    expect(code, text).toBe(0);
    expect(page.url()).not.toContain('code=');
    await works(env);
  });

  // @rule 1.42, 1.43
  it('by user name and password, typed at the terminal', async () => {
    const env = home('password');
    const screen = open('authly admin auth login --method password', { env });
    await screen.shows(/Username:$/);
    screen.type('admin');
    screen.enter();
    await screen.shows(/Password:$/);
    screen.type(ADMIN_PASSWORD);
    screen.enter();
    const { code, text } = await screen.ends();
    expect(code, text).toBe(0);
    expect(text).not.toContain(ADMIN_PASSWORD);
    await works(env);
  });

  // @rule 1.42, 1.43
  it('by user name, password and the code of an authenticator app, typed at the terminal', async () => {
    const env = home('second-factor');
    const person = await authly.server().given.user({ isAdmin: true });
    const app = await givenAuthenticator(authly.server(), person.user);
    const screen = open('authly admin auth login --method password', { env });
    for (const [question, answer] of [
      [/Username:$/, person.user.username],
      [/Password:$/, person.password],
      [/recovery code:$/, app.code()],
    ] as const) {
      await screen.shows(question);
      screen.type(answer);
      screen.enter();
    }
    const { code, text } = await screen.ends();
    expect(code, text).toBe(0);
    expect(text).not.toContain(person.password);
    await works(env);
  });

  it('by a password that must be changed: it goes on in the browser, and says why', async () => {
    const env = home('temporary');
    const person = await authly.server().given.user({ isAdmin: true, requiresPasswordChange: true });
    const visited = join(authly.cli.home, 'visited-for-change');
    const opener = join(authly.cli.home, 'open-change');
    writeFileSync(opener, `#!/bin/sh\nprintf '%s' "$1" > '${visited}'\n`);
    chmodSync(opener, 0o755);
    const screen = open('authly admin auth login --method password', {
      env: { ...env, AUTHLY_BROWSER: opener, DISPLAY: ':99' },
      columns: 120,
    });
    await screen.shows(/Username:$/);
    screen.type(person.user.username);
    screen.enter();
    await screen.shows(/Password:$/);
    screen.type(person.password);
    screen.enter();
    await expect
      .poll(() => existsSync(visited) && readFileSync(visited, 'utf8') !== '', { timeout: 15_000 })
      .toBe(true);
    expect(screen.text()).toContain('The password must be changed first, in a browser.');
    await page.goto(readFileSync(visited, 'utf8'));
    await page.fill('#username', person.user.username);
    await page.fill('#password', person.password);
    await page.click('#login-submit');
    await page.fill('#current_password', person.password);
    await page.fill('#new_password', 'a better password 4 me');
    await page.fill('#confirm_password', 'a better password 4 me');
    await page.click('#password-change-submit');
    await page.click('#consent-allow');
    await page.waitForURL(/127\.0\.0\.1:\d+\/(callback|done)/);
    const { code, text } = await screen.ends();
    expect(code, text).toBe(0);
    await works(env);
  });

  // @rule 1.42, 1.43
  it('by API key, given on standard input and never shown', async () => {
    const first = home('password');
    const made = await authly.cli.run(
      [
        'admin',
        'apikey',
        'create',
        '--name',
        'ci',
        '--scope',
        'admin:clients:read',
        '--user',
        'admin',
        '--output',
        'json',
      ],
      { env: first },
    );
    expect(made.code, made.stderr).toBe(0);
    const { api_key: key } = JSON.parse(made.stdout) as { api_key: string };
    expect(key).toMatch(/^authly_pat_[0-9A-Za-z]{49}$/);
    const env = home('api-key');
    const login = await authly.cli.run(['admin', 'auth', 'login', '--with-token'], { env, stdin: `${key}\n` });
    expect(login.code, login.stderr).toBe(0);
    expect(login.stdout + login.stderr).not.toContain(key);
    await works(env);
  });

  // @rule 1.42
  it('by client credentials from the environment', async () => {
    const machine = await authly.server().given.client({ grantTypes: ['client_credentials'], scopes: ['read'] });
    const env = { ...home('machine'), AUTHLY_CLIENT_ID: machine.clientId, AUTHLY_CLIENT_SECRET: machine.secret };
    const token = await authly.cli.run(['admin', 'auth', 'token'], { env });
    expect(token.code, token.stderr).toBe(0);
    const answer = await authly.server().post('/api/v1/oauth/introspect', { token: token.stdout.trim() });
    expect(await answer.json()).toMatchObject({ active: true, client_id: machine.clientId });
    expect(token.stdout + token.stderr).not.toContain(machine.secret);
  });
});
