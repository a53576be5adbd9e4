import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeRecoveryCodes } from '../../src/identity/factors/recovery-code/recovery-codes.js';
import { type Agent, createAgent, type Page, sessionCookie } from '../support/agent.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { eventsOf, type Guarded, guardedUser, signedInWithBoth, typeCode, typePassword, wrongCode } from './given.js';
import { secondFactorOf } from '../support/second-factor.js';

let server: TestServer;
let person: GivenUser;
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  person = await server.given.user();
  agent = await server.given.signedIn(person);
});
afterAll(() => server.stop());

describe('setting up a second factor', () => {
  it('shows the secret as a picture and in letters, and turns it on with the first code', async () => {
    const shown = await begin();
    expect(shown.status).toBe(200);
    expect(shown.headers.get('cache-control')).toBe('no-store');
    expect(shown.body).toContain('<svg class="qr"');
    expect(secretOf(shown)).toMatch(/^[A-Z2-7]{32}$/);
    expect(shown.body).toMatch(/<code id="set-up-key"[^>]*>([A-Z2-7]{4} ){7}[A-Z2-7]{4}</);
    const codes = await confirm(shown, codeOf(shown));
    expect(codes.status).toBe(200);
    expect(codes.headers.get('cache-control')).toBe('no-store');
    expect(recoveryCodesOf(codes)).toHaveLength(10);
    const account = await agent.get('/account');
    expect(account.body).toContain('10 left');
    expect(await eventsOf(server, person)).toEqual([
      expect.objectContaining({ action: 'second_factor.enabled', outcome: 'success' }),
    ]);
    expect(account.body).toContain('Turned on the second factor');
  });

  it('asks for the app from then on, and for one of the codes in its place', async () => {
    const shown = await begin();
    const [code = ''] = recoveryCodesOf(await confirm(shown, codeOf(shown)));
    server.clock.advance(30);
    const browser = createAgent(server.url);
    expect((await typeCode(browser, await typePassword(browser, person), codeOf(shown))).url).toMatch(/\/account$/);
    const other = createAgent(server.url);
    const asked = await typePassword(other, person);
    expect((await other.submit(asked, 'recovery-form', { recovery_code: code })).url).toContain('/account');
  });

  it('takes no code that has been used to turn it on', async () => {
    const shown = await begin();
    const code = codeOf(shown);
    await confirm(shown, code);
    const browser = createAgent(server.url);
    const refused = await typeCode(browser, await typePassword(browser, person), code);
    expect(refused.body).toContain('That code was used already.');
  });

  it('gives this session a new secret and what it is worth now, and leaves the others as they are', async () => {
    const elsewhere = await server.given.signedIn(person);
    const before = agent.cookies.get(sessionCookie(server));
    const shown = await begin();
    await confirm(shown, codeOf(shown));
    expect(agent.cookies.get(sessionCookie(server))).not.toBe(before);
    expect((await agent.get('/account')).status).toBe(200);
    expect((await elsewhere.get('/account')).status).toBe(200);
    const page = { limit: 5, offset: 0, now: server.clock.now() };
    const sessions = await server.context.store.sessions.listOf(person.user.id, page);
    expect(sessions.map(({ acr }) => acr).toSorted()).toEqual(['urn:authly:acr:mfa', 'urn:authly:acr:password']);
  });

  it('that was begun and never finished keeps nobody out', async () => {
    await begin();
    const browser = createAgent(server.url);
    expect((await typePassword(browser, person)).url).toBe(`${server.url}/account`);
    expect((await agent.get('/account')).body).toContain('Set up an app');
  });

  it('says when the first code is wrong, shows the same secret again, and goes on', async () => {
    const shown = await begin();
    const wrong = await confirm(shown, '000000' === codeOf(shown) ? '000001' : '000000');
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatch(/id="code-error"/);
    expect(secretOf(wrong)).toBe(secretOf(shown));
    expect((await confirm(wrong, '')).body).toContain('Enter the six digits that your app shows.');
    expect(recoveryCodesOf(await confirm(wrong, codeOf(shown)))).toHaveLength(10);
  });

  it('is limited in how often codes can be tried', async () => {
    const shown = await begin();
    const answers = [];
    for (let index = 0; index < 21; index += 1) answers.push((await confirm(shown, '12345')).status);
    expect(answers.filter((status) => status === 400)).toHaveLength(20);
    expect(answers.at(-1)).toBe(429);
    expect((await confirm(shown, codeOf(shown))).headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('counts once: a second try, an older one and one that took too long lead back', async () => {
    const old = await begin();
    const shown = await begin();
    expect(secretOf(shown)).not.toBe(secretOf(old));
    expect((await confirm(old, codeOf(old))).url).toBe(`${server.url}/account#second-factor`);
    await confirm(shown, codeOf(shown));
    server.clock.advance(30);
    expect((await confirm(shown, codeOf(shown))).url).toBe(`${server.url}/account#second-factor`);

    const late = await server.given.user();
    agent = await server.given.signedIn(late);
    const slow = await begin();
    server.clock.advance(1801);
    expect((await confirm(slow, codeOf(slow))).url).toBe(`${server.url}/account#second-factor`);
    expect(await secondFactorOf(server.context.store, late.user.id)).toBeUndefined();
  });

  it('is turned on once by many answers at the same moment', async () => {
    const shown = await begin();
    const code = codeOf(shown);
    const browsers = Array.from({ length: 20 }, () => {
      const browser = createAgent(server.url);
      for (const [name, value] of agent.cookies) browser.cookies.set(name, value);
      return browser;
    });
    const pages = await Promise.all(browsers.map((browser) => confirm(shown, code, browser)));
    expect(pages.filter((page) => recoveryCodesOf(page).length === 10)).toHaveLength(1);
    expect((await secondFactorOf(server.context.store, person.user.id))?.recoveryCodesLeft).toBe(10);
  });

  it('asks for the password when the sign-in was a while ago', async () => {
    server.clock.advance(601);
    expect((await agent.get('/account')).body).toContain('id="second-factor-proof"');
    const missing = await begin();
    expect(missing.status).toBe(400);
    expect(missing.body).toContain('Enter your password or a code.');
    const wrong = await begin('Wrong-password-1!');
    expect(wrong.status).toBe(400);
    expect(wrong.body).toContain('That is not your password.');
    expect(wrong.body).toMatch(/<details class="fold" open[^>]*><summary class="button small" id="second-factor-open"/);
    expect((await begin(person.password)).body).toContain('<svg class="qr"');
    expect(await eventsOf(server, person)).toEqual([
      { action: 'second_factor.enabled', outcome: 'failure', details: { reason: 'wrong' } },
    ]);
  });

  it('cannot be turned on by somebody else, nor with a made-up set-up', async () => {
    const shown = await begin();
    const other = await server.given.signedIn(await server.given.user());
    await other.get('/account');
    expect((await other.post('/account/second-factor/confirm', fieldsOf(shown, codeOf(shown)))).status).toBe(403);
    const made = { ...fieldsOf(shown, codeOf(shown)), setup: 'x' };
    expect((await agent.post('/account/second-factor/confirm', made)).location).toContain('/account#second-factor');
    for (const path of ['/account/second-factor', '/account/second-factor/confirm']) {
      expect((await agent.post(path, { action: 'set-up' })).status).toBe(403);
      expect((await createAgent(server.url).post(path, {})).location).toBe(`${server.url}/login`);
    }
  });

  it('keeps secret and codes unreadable in the database, and out of the log', async () => {
    const shown = await begin();
    const codes = recoveryCodesOf(await confirm(shown, codeOf(shown)));
    const found = await secondFactorOf(server.context.store, person.user.id);
    const sealed = found?.sealedSecret ?? Buffer.alloc(0);
    const raw = Buffer.from(Secret.fromBase32(secretOf(shown)).bytes);
    expect(sealed.includes(raw)).toBe(false);
    expect(sealed.includes(secretOf(shown))).toBe(false);
    // Sealed for this person: in another's row it is nothing.
    expect(server.context.box.open(sealed, 'authenticator:another')).toBeUndefined();
    for (const text of [secretOf(shown), ...codes, ...codes.map((code) => code.replaceAll('-', ''))])
      expect(server.logged()).not.toContain(text);
  });
});

describe('a second factor that is on', () => {
  let guarded: Guarded;

  beforeEach(async () => {
    guarded = await guardedUser(server);
    agent = await signedInWithBoth(server, guarded);
  });

  it('gets new recovery codes, after the password or a code; the old ones stop working', async () => {
    const [old = ''] = guarded.app.recoveryCodes;
    const codes = recoveryCodesOf(await change('codes', guarded.password));
    expect(codes).toHaveLength(10);
    expect(codes).not.toContain(old);
    const browser = createAgent(server.url);
    const asked = await typePassword(browser, guarded);
    expect((await browser.submit(asked, 'recovery-form', { recovery_code: old })).status).toBe(401);
    const done = await browser.submit(asked, 'recovery-form', { recovery_code: codes[9] ?? '' });
    expect(done.url).toContain('/account');
    server.clock.advance(30);
    expect(recoveryCodesOf(await change('codes', guarded.app.code()))).toHaveLength(10);
  });

  it.each([
    ['the password', (one: Guarded) => one.password],
    ['a code of the app', (one: Guarded) => one.app.code()],
    ['a recovery code', (one: Guarded) => one.app.recoveryCodes[3] ?? ''],
  ])('is turned off with %s; the password is enough then', async (_what, typed) => {
    const page = await change('remove', typed(guarded));
    expect(page.url).toBe(`${server.url}/account?notice=second_factor_removed`);
    expect(page.body).toContain('Your password alone signs you in.');
    expect(page.body).toContain('Turned off the second factor');
    const browser = createAgent(server.url);
    expect((await typePassword(browser, guarded)).url).toBe(`${server.url}/account`);
  });

  it('stays as it is without that, however fresh the sign-in', async () => {
    for (const action of ['codes', 'remove', 'set-up']) {
      expect((await change(action)).status).toBe(400);
      const wrong = await change(action, wrongCode(guarded.app));
      expect(wrong.status).toBe(400);
      expect(wrong.body).toContain('neither your password nor a right, unused code');
    }
    expect(await secondFactorOf(server.context.store, guarded.user.id)).toMatchObject({ recoveryCodesLeft: 10 });
    const failures = (await eventsOf(server, guarded)).filter(({ outcome }) => outcome === 'failure');
    expect(failures.map(({ action }) => action)).toEqual([
      'second_factor.enabled',
      'second_factor.removed',
      'recovery_codes.renewed',
    ]);
  });

  // @attack second-factor code used twice (dex 5af2b61b)
  it('takes no code for a change that has signed somebody in', async () => {
    const code = guarded.app.code();
    const browser = createAgent(server.url);
    await typeCode(browser, await typePassword(browser, guarded), code);
    expect((await change('remove', code)).status).toBe(400);
    server.clock.advance(30);
    const next = guarded.app.code();
    expect(recoveryCodesOf(await change('codes', next))).toHaveLength(10);
    expect((await change('remove', next)).status).toBe(400);
  });

  // @attack second-factor guessing (dex 5af2b61b)
  it('is locked against guesses from a stolen session', async () => {
    const answers = [];
    for (let index = 0; index < 12; index += 1) answers.push((await change('remove', wrongCode(guarded.app))).status);
    expect(answers.filter((status) => status === 400)).toHaveLength(10);
    const refused = await change('remove', guarded.app.code());
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.body).toContain('Try again in');
    expect(await secondFactorOf(server.context.store, guarded.user.id)).toBeDefined();
  });

  it('moves to another app; the one before works until then', async () => {
    const shown = await change('set-up', guarded.password);
    const browser = createAgent(server.url);
    expect((await typeCode(browser, await typePassword(browser, guarded), guarded.app.code())).url).toMatch(/account$/);
    const codes = recoveryCodesOf(await confirm(shown, codeOf(shown)));
    expect(codes).toHaveLength(10);
    server.clock.advance(30);
    const other = createAgent(server.url);
    const asked = await typePassword(other, guarded);
    expect((await typeCode(other, asked, guarded.app.code())).status).toBe(401);
    expect((await typeCode(other, asked, codeOf(shown))).url).toBe(`${server.url}/account`);
  });

  it('warns when few recovery codes are left, and offers them no more when none is', async () => {
    const { store, clock } = server.context;
    const made = makeRecoveryCodes(guarded.user.id, server.context);
    await store.secondFactors.replaceRecoveryCodes(guarded.user.id, made.hashes.slice(0, 1), clock.now());
    expect((await agent.get('/account')).body).toContain('You are running out of recovery codes.');
    const browser = createAgent(server.url);
    const asked = await typePassword(browser, guarded);
    const done = await browser.submit(asked, 'recovery-form', { recovery_code: made.shown[0] ?? '' });
    expect(done.body).toContain('You have no recovery codes left.');
    const other = createAgent(server.url);
    const page = await typePassword(other, guarded);
    expect(page.body).not.toContain('id="recovery-form"');
    expect(page.body).toContain('ask your administrator');
  });

  it('goes on when the password is changed', async () => {
    const next = `Another-${guarded.password}`;
    await agent.submit(await agent.get('/account'), 'change-password-form', {
      current_password: guarded.password,
      new_password: next,
      confirm_password: next,
    });
    const browser = createAgent(server.url);
    expect((await typePassword(browser, { ...guarded, password: next })).url).toContain('/login/second-factor');
  });
});

/** Asks for the set-up on the account page. */
function begin(proof?: string): Promise<Page> {
  return change('set-up', proof);
}

async function change(action: string, proof?: string): Promise<Page> {
  const account = await agent.get('/account');
  return agent.submit(account, 'second-factor-form', { action, ...(proof !== undefined && { proof }) });
}

function confirm(shown: Page, code: string, browser = agent): Promise<Page> {
  return browser.submit(shown, 'set-up-form', { code });
}

function secretOf({ body }: Page): string {
  return /data-plain="([A-Z2-7]+)"/.exec(body)?.[1] ?? '';
}

/** What an app would show that was given the secret of this page. */
function codeOf(shown: Page): string {
  return new TOTP({ secret: Secret.fromBase32(secretOf(shown)) }).generate({ timestamp: server.clock.now().getTime() });
}

function recoveryCodesOf({ body }: Page): readonly string[] {
  return [...body.matchAll(/<li><code>([0-9A-Z-]{19})<\/code><\/li>/g)].map(([, code]) => code ?? '');
}

function fieldsOf({ body }: Page, code: string): Record<string, string> {
  const hidden = [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), code };
}
