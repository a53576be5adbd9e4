import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askForCode, poll } from '../device/device.js';
import { type Agent, createAgent, sessionCookie } from '../support/agent.js';
import { authorizeUrl, CALLBACK } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { eventsOf, type Guarded, guardedUser, signedInWithBoth, typeCode, typePassword, wrongCode } from './given.js';

let server: TestServer;
let person: Guarded;
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  person = await guardedUser(server);
  agent = createAgent(server.url);
});
afterAll(() => server.stop());

describe('signing in with a second factor', () => {
  // @check 84
  it('asks for a code after the password, and gives a session only then', async () => {
    const asked = await typePassword(agent, person);
    expect(asked.url).toMatch(/\/login\/second-factor\?pending=[\w-]{32}$/);
    expect(asked.body).toContain('autocomplete="one-time-code"');
    expect(asked.body).toContain('inputmode="numeric"');
    expect(asked.headers.get('cache-control')).toBe('no-store');
    expect(agent.cookies.has(sessionCookie(server))).toBe(false);
    expect((await agent.get('/account')).location).toBe(`${server.url}/login`);
    const done = await typeCode(agent, asked, person.app.code());
    expect(done.url).toBe(`${server.url}/account`);
    expect(agent.cookies.get(sessionCookie(server))).toMatch(/^[\w-]{43}$/);
  });

  it('forgives spaces and dashes in the code', async () => {
    const asked = await typePassword(agent, person);
    const code = person.app.code();
    expect((await typeCode(agent, asked, ` ${code.slice(0, 3)}-${code.slice(3)} `)).url).toBe(`${server.url}/account`);
  });

  it('takes the code of the step before and of the step after, for clocks that are a little off', async () => {
    const asked = await typePassword(agent, person);
    const early = person.app.code();
    server.clock.advance(30);
    expect((await typeCode(agent, asked, early)).url).toBe(`${server.url}/account`);
  });

  it('takes a recovery code in its place, once, and says so on the account page', async () => {
    const [code = ''] = person.app.recoveryCodes;
    const asked = await typePassword(agent, person);
    const done = await agent.submit(asked, 'recovery-form', { recovery_code: code.toLowerCase().replaceAll('-', ' ') });
    expect(done.url).toBe(`${server.url}/account?notice=recovery_code_used`);
    expect(done.body).toContain('9 left');
    const again = createAgent(server.url);
    const refused = await again.submit(await typePassword(again, person), 'recovery-form', { recovery_code: code });
    expect(refused.status).toBe(401);
    expect(refused.body).toContain('not one of your unused recovery codes');
    expect(again.cookies.has(sessionCookie(server))).toBe(false);
  });

  it('says what was wrong with a code, beside its field, and goes on from there', async () => {
    const asked = await typePassword(agent, person);
    const wrong = await typeCode(agent, asked, wrongCode(person.app));
    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatch(/id="code-error"[\s\S]*That code is not right/);
    const missing = await typeCode(agent, wrong, ' ');
    expect(missing.status).toBe(400);
    expect(missing.body).toContain('Enter the code.');
    expect((await typeCode(agent, missing, person.app.code())).url).toBe(`${server.url}/account`);
  });

  // @attack second-factor code used twice (dex 5af2b61b)
  it('takes no code twice, not even in another browser', async () => {
    const code = person.app.code();
    expect((await typeCode(agent, await typePassword(agent, person), code)).url).toBe(`${server.url}/account`);
    const other = createAgent(server.url);
    const refused = await typeCode(other, await typePassword(other, person), code);
    expect(refused.status).toBe(401);
    expect(refused.body).toContain('That code was used already.');
    expect(other.cookies.has(sessionCookie(server))).toBe(false);
    server.clock.advance(30);
    expect((await typeCode(other, refused, person.app.code())).url).toBe(`${server.url}/account`);
  });

  it('leads on to where the person was going: a device', async () => {
    const client = await server.given.client();
    const device = await askForCode(server, client);
    const asked = await typePassword(agent, person, `/device?user_code=${device.user_code}`);
    expect(asked.url).toContain(`to=device&user_code=`);
    const entry = await typeCode(agent, asked, person.app.code());
    expect(entry.url).toContain('/device?user_code=');
    const question = await agent.submit(entry, 'device-form', { user_code: device.user_code });
    await agent.submit(question, 'device-confirm-form', { decision: 'allow' });
    const tokens = (await (await poll(server, client, device)).json()) as { access_token: string };
    expect(decodeJwt(tokens.access_token)).toMatchObject({ acr: 'urn:authly:acr:mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('leads on to a demanded password change, which keeps what the session is worth', async () => {
    const newcomer = await guardedUser(server, { requiresPasswordChange: true });
    const asked = await typePassword(agent, newcomer);
    const change = await typeCode(agent, asked, newcomer.app.code());
    expect(change.url).toBe(`${server.url}/change-password`);
    const next = `Another-${newcomer.password}`;
    const before = agent.cookies.get(sessionCookie(server));
    await agent.submit(change, 'password-change-form', {
      current_password: newcomer.password,
      new_password: next,
      confirm_password: next,
    });
    expect(agent.cookies.get(sessionCookie(server))).not.toBe(before);
    const [session] = await server.context.store.sessions.listOf(newcomer.user.id, {
      limit: 1,
      offset: 0,
      now: server.clock.now(),
    });
    expect(session).toMatchObject({ acr: 'urn:authly:acr:mfa', amr: ['pwd', 'otp', 'mfa'] });
  });

  // @check 146
  it('is told in the tokens: acr, amr, auth_time, in the ID token, the access token and by introspection', async () => {
    const client = await server.given.client();
    const browser = await signedInWithBoth(server, person);
    const signedInAt = Math.floor(server.clock.now().getTime() / 1000) - 30;
    const run = await server.given.code({ user: person, client, agent: browser });
    const response = await server.post(
      '/api/v1/oauth/token',
      { grant_type: 'authorization_code', code: run.code, redirect_uri: run.redirectUri, code_verifier: run.verifier },
      client.basic,
    );
    const tokens = (await response.json()) as { id_token: string; access_token: string; refresh_token: string };
    const proof = { acr: 'urn:authly:acr:mfa', amr: ['pwd', 'otp', 'mfa'], auth_time: signedInAt };
    expect(decodeJwt(tokens.id_token)).toMatchObject(proof);
    expect(decodeJwt(tokens.access_token)).toMatchObject(proof);
    const state = await server.post('/api/v1/oauth/introspect', { token: tokens.access_token }, client.basic);
    expect(await state.json()).toMatchObject({ active: true, ...proof });
    const refreshed = await server.post(
      '/api/v1/oauth/token',
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
      client.basic,
    );
    expect(decodeJwt(((await refreshed.json()) as { id_token: string }).id_token)).toMatchObject(proof);
  });

  it('can be cancelled: the application is told, and nobody is signed in', async () => {
    const client = await server.given.client();
    const asked = await typePassword(agent, person, await ask(client.clientId));
    const back = await agent.submit(asked, 'cancel-form');
    expect(new URL(back.location ?? '').searchParams.get('error')).toBe('access_denied');
    expect(agent.cookies.has(sessionCookie(server))).toBe(false);
  });

  it('can be begun again as somebody else, for the same application', async () => {
    const client = await server.given.client();
    const asked = await typePassword(agent, person, await ask(client.clientId));
    const address = /id="start-again" href="([^"]+)"/.exec(asked.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const other = await server.given.user();
    const login = await agent.get(address);
    const consent = await agent.submit(login, 'login-form', {
      username: other.user.username,
      password: other.password,
    });
    const done = await agent.submit(consent, 'consent-form', { decision: 'allow' });
    expect(done.location).toMatch(new RegExp(`^${CALLBACK}\\?code=`));
  });
});

describe('what is remembered between password and code', () => {
  // @attack session fixation (GHSA-2vg6-77g8-24mp, CVE-2023-6787)
  it('is worth nothing in another browser', async () => {
    const asked = await typePassword(agent, person);
    const thief = createAgent(server.url);
    await thief.get('/login');
    const page = await thief.follow(await thief.get(asked.url));
    expect(page.url).toContain('/login?reason=expired');
    // Not even with the form's own proof, which is of the other browser.
    expect((await thief.post('/login/second-factor', hiddenOf(asked.body, person.app.code()))).status).toBe(403);
    expect(thief.cookies.has(sessionCookie(server))).toBe(false);
  });

  it('ends after ten minutes, and says so', async () => {
    const asked = await typePassword(agent, person);
    server.clock.advance(601);
    const late = await typeCode(agent, asked, person.app.code());
    expect(late.url).toContain('/login?reason=expired');
    expect(late.body).toContain('That took too long');
    expect(agent.cookies.has(sessionCookie(server))).toBe(false);
  });

  it('is used up by the sign-in', async () => {
    const asked = await typePassword(agent, person);
    await typeCode(agent, asked, person.app.code());
    server.clock.advance(30);
    const session = agent.cookies.get(sessionCookie(server));
    const again = await typeCode(agent, asked, person.app.code());
    expect(again.url).toContain('/login?reason=expired');
    expect(agent.cookies.get(sessionCookie(server))).toBe(session);
  });

  it('ends with the password that it rests on, and with the account', async () => {
    const { store, clock, passwords } = server.context;
    const asked = await typePassword(agent, person);
    server.clock.advance(1);
    const hash = await passwords.hash('Something-else-1!');
    await store.users.setPassword(person.user.id, hash, { now: clock.now() });
    expect((await typeCode(agent, asked, person.app.code())).url).toContain('/login?reason=expired');

    const other = await guardedUser(server);
    const browser = createAgent(server.url);
    const waiting = await typePassword(browser, other);
    await store.users.change(other.user.id, { isActive: false }, { now: clock.now() });
    expect((await typeCode(browser, waiting, other.app.code())).url).toContain('/login?reason=expired');
    expect(browser.cookies.has(sessionCookie(server))).toBe(false);
  });

  it('ends when the second factor was taken away; then the password is enough', async () => {
    const asked = await typePassword(agent, person);
    await server.context.store.secondFactors.remove(person.user.id);
    const login = await typeCode(agent, asked, '123456');
    expect(login.url).toContain('/login?reason=expired');
    expect((await typePassword(agent, person)).url).toBe(`${server.url}/account`);
  });

  // @attack step skipped by an empty post (CVE-2026-49443)
  it('is not skipped by a form without its fields, without its proof or made up', async () => {
    const asked = await typePassword(agent, person);
    const hidden = hiddenOf(asked.body, person.app.code());
    const { csrf, pending } = hidden;
    const withoutCode = await agent.post('/login/second-factor', { csrf: csrf ?? '', pending: pending ?? '' });
    expect((await agent.follow(withoutCode)).status).toBe(400);
    expect((await agent.post('/login/second-factor', {})).status).toBe(403);
    expect((await agent.post('/login/second-factor', { ...hidden, csrf: 'x' })).status).toBe(403);
    expect((await agent.post('/login/second-factor', { ...hidden, pending: 'x'.repeat(32) })).status).toBe(403);
    expect((await agent.get('/login/second-factor')).location).toMatch(/\/login$/);
    expect((await agent.get('/login/second-factor?pending=%00')).status).toBe(400);
    expect((await agent.get(`/login/second-factor?pending=${'x'.repeat(5000)}`)).location).toContain('reason=expired');
    expect(agent.cookies.has(sessionCookie(server))).toBe(false);
  });

  // @attack login and consent CSRF (OAuth threat model §4.4.1.9)
  it('takes no code that another site posts', async () => {
    const asked = await typePassword(agent, person);
    const hidden = hiddenOf(asked.body, person.app.code());
    const answer = await agent.post('/login/second-factor', hidden, { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    const fetched = await agent.post('/login/second-factor', hidden, { 'sec-fetch-site': 'cross-site' });
    expect(fetched.status).toBe(403);
    expect(agent.cookies.has(sessionCookie(server))).toBe(false);
  });

  it('holds nothing that signs in by itself: neither code nor secret in addresses, pages or logs', async () => {
    const code = person.app.code();
    const [recovery = ''] = person.app.recoveryCodes;
    const asked = await typePassword(agent, person);
    const done = await typeCode(agent, asked, code);
    expect(asked.url + done.url).not.toContain(code);
    const other = createAgent(server.url);
    await other.submit(await typePassword(other, person), 'recovery-form', { recovery_code: recovery });
    expect(server.logged()).not.toContain(recovery);
    expect(server.logged()).not.toContain(recovery.replaceAll('-', ''));
    const said = JSON.stringify(await eventsOf(server, person));
    expect(said).not.toContain(code);
    expect(said).not.toContain(recovery);
  });
});

describe('what a stranger learns', () => {
  // @attack account enumeration (Logto)
  it('a wrong password is answered the same with and without a second factor', async () => {
    const plain = await server.given.user();
    const pages = [];
    for (const { user } of [person, plain]) {
      const browser = createAgent(server.url);
      const page = await typePassword(browser, { user, password: 'Wrong-password-1!' });
      pages.push({
        status: page.status,
        body: page.body.replaceAll(user.username, 'NAME').replaceAll(/value="[\w-]{43}"/g, 'value="…"'),
      });
    }
    expect(pages[0]).toEqual(pages[1]);
  });

  it('a locked or switched-off account is told nothing of it either', async () => {
    await server.context.store.users.change(person.user.id, { isActive: false }, { now: server.clock.now() });
    const page = await typePassword(agent, person);
    expect(page.status).toBe(403);
    expect(page.body).not.toContain('code');
  });
});

describe('the audit log', () => {
  it('tells the password from the sign-in, and a wrong code from a wrong password', async () => {
    const asked = await typePassword(agent, person);
    await typeCode(agent, asked, wrongCode(person.app));
    expect((await server.context.store.users.find(person.user.id))?.lastLogin).toBeUndefined();
    const code = person.app.code();
    await typeCode(agent, asked, code);
    const other = createAgent(server.url);
    await typeCode(other, await typePassword(other, person), code);
    const [recovery = ''] = person.app.recoveryCodes;
    const third = createAgent(server.url);
    await third.submit(await typePassword(third, person), 'recovery-form', { recovery_code: recovery });
    expect(await eventsOf(server, person)).toEqual([
      event('login', 'success', { second_factor: 'recovery_code', recovery_codes_left: 9 }),
      event('login.first_factor', 'success'),
      event('login', 'failure', { reason: 'second_factor', second_factor: 'otp', spent: true }),
      event('login.first_factor', 'success'),
      event('login', 'success', { second_factor: 'otp' }),
      event('login', 'failure', { reason: 'second_factor', second_factor: 'otp', spent: false }),
      event('login.first_factor', 'success'),
    ]);
    expect((await server.context.store.users.find(person.user.id))?.lastLogin).toEqual(server.clock.now());
  });

  it('is readable for the person: somebody knows the password', async () => {
    const browser = await signedInWithBoth(server, person);
    const stranger = createAgent(server.url);
    await typeCode(stranger, await typePassword(stranger, person), wrongCode(person.app));
    const page = await browser.get('/account');
    expect(page.body).toContain('Sign-in failed: right password, wrong code');
    expect(page.body).toContain('Password was right, code asked for');
  });
});

function event(action: string, outcome: string, details: object = {}): object {
  return { action, outcome, details: { method: 'page', ...details } };
}

function hiddenOf(body: string, code: string): Record<string, string> {
  const form = /<form[^>]*id="second-factor-form"[\s\S]*?<\/form>/.exec(body)?.[0] ?? '';
  const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), code };
}

async function ask(clientId: string): Promise<string> {
  return authorizeUrl(server.url, {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    state: 's',
    code_challenge: server.context.hashing.sha256('v'.repeat(43)).toString('base64url'),
    code_challenge_method: 'S256',
  });
}
