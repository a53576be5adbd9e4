import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GivenAuthenticator, givenAuthenticator } from '../support/authenticator.js';
import { type Agent, createAgent, type Page, sessionCookie } from '../support/agent.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { eventsOf, guardedUser, signedInWithBoth, typeCode, typePassword, wrongCode } from './given.js';

const MFA = 'urn:authly:acr:mfa';
const PASSWORD = 'urn:authly:acr:password';

let server: TestServer;
let client: GivenClient;
/** Signed in with the password alone, before the second factor was set up. */
let person: GivenUser & { readonly app: GivenAuthenticator };
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client({ isFirstParty: true });
});
beforeEach(async () => {
  const user = await server.given.user();
  agent = await server.given.signedIn(user);
  person = { ...user, app: await givenAuthenticator(server, user.user) };
  server.clock.advance(60);
});
afterAll(() => server.stop());

const VERIFIER = 'v'.repeat(43);

async function ask(parameters: Record<string, string>, browser = agent): Promise<Page> {
  const asked = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    state: 's',
    code_challenge: server.context.hashing.sha256(VERIFIER).toString('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  };
  return browser.follow(await browser.get(authorizeUrl(server.url, asked)));
}

const demand = (...values: string[]): Record<string, string> => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }),
});

function answer(page: Page): URLSearchParams {
  if (!page.location?.startsWith(CALLBACK)) throw new Error(`no answer to the client: ${page.status} ${page.url}`);
  return new URL(page.location).searchParams;
}

async function idToken(page: Page): Promise<Record<string, unknown>> {
  const code = answer(page).get('code') ?? '';
  const response = await server.post(
    '/api/v1/oauth/token',
    { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER },
    client.basic,
  );
  return decodeJwt(((await response.json()) as { id_token: string }).id_token);
}

/** How an application can ask. */
const WAYS: readonly (readonly [string, Record<string, string>])[] = [
  ['as a wish', { acr_values: MFA }],
  ['as the first of its wishes', { acr_values: `urn:unknown ${MFA} ${PASSWORD}` }],
  ['by the claims parameter', { claims: JSON.stringify({ id_token: { acr: { value: MFA } } }) }],
  ['as a demand', demand(MFA)],
];

describe('an application that asks for the second factor', () => {
  // @check 55, 273
  it.each(WAYS)('gets it from somebody who is signed in with a password alone: %s', async (_how, parameters) => {
    const before = await session();
    const asked = await ask(parameters);
    expect(asked.url).toContain('/login/second-factor?flow=');
    expect(asked.body).toContain('asks for your second factor');
    expect(asked.body).not.toContain('type="password"');
    const cookie = agent.cookies.get(sessionCookie(server));
    const done = await typeCode(agent, asked, person.app.code());
    const token = await idToken(done);
    expect(token).toMatchObject({ acr: MFA, amr: ['pwd', 'otp', 'mfa'], sid: before?.id });
    // The password was not given again.
    expect(token['auth_time']).toBe(Math.floor((before?.authTime.getTime() ?? 0) / 1000));
    expect(agent.cookies.get(sessionCookie(server))).not.toBe(cookie);
    expect(await idToken(await ask(parameters))).toMatchObject({ acr: MFA });
    expect(await eventsOf(server, person)).toEqual([
      { action: 'login.stepped_up', outcome: 'success', details: { second_factor: 'otp' } },
    ]);
  });

  // @attack session fixation (GHSA-2vg6-77g8-24mp, CVE-2023-6787)
  it('leaves the secret of before worthless', async () => {
    const cookie = agent.cookies.get(sessionCookie(server)) ?? '';
    await typeCode(agent, await ask({ acr_values: MFA }), person.app.code());
    agent.cookies.set(sessionCookie(server), cookie);
    expect((await agent.get('/account')).location).toBe(`${server.url}/login`);
  });

  it('gets neither a code nor a better session for a wrong code', async () => {
    const wrong = await typeCode(agent, await ask(demand(MFA)), wrongCode(person.app));
    expect(wrong.status).toBe(401);
    expect(await session()).toMatchObject({ acr: PASSWORD, amr: ['pwd'] });
    const [event] = await eventsOf(server, person);
    expect(event).toMatchObject({ action: 'login.stepped_up', outcome: 'failure' });
    const recovered = await agent.submit(wrong, 'recovery-form', { recovery_code: person.app.recoveryCodes[0] ?? '' });
    expect(await idToken(recovered)).toMatchObject({ acr: MFA });
  });

  it('asks for nothing where the password is among its first wishes, and tells the truth', async () => {
    expect(await idToken(await ask({ acr_values: `${PASSWORD} ${MFA}` }))).toMatchObject({ acr: PASSWORD });
    expect(await idToken(await ask({ acr_values: 'urn:unknown' }))).toMatchObject({ acr: PASSWORD });
    expect(await idToken(await ask({}))).toMatchObject({ acr: PASSWORD, amr: ['pwd'] });
  });

  it('asks for no permission to know how the person signed in', async () => {
    const stranger = await server.given.client();
    const page = await typeCode(agent, await ask({ ...demand(MFA), client_id: stranger.clientId }), person.app.code());
    expect(page.url).toContain('/consent');
    expect(page.body).not.toMatch(/your acr/i);
    const again = await agent.submit(page, 'consent-form', { decision: 'allow' });
    expect(answer(again).get('code')).toBeTruthy();
    expect(answer(await ask({ ...demand(MFA), client_id: stranger.clientId })).get('code')).toBeTruthy();
  });

  it('is told where nobody may be asked: a demand is refused, a wish is passed over', async () => {
    expect(answer(await ask({ ...demand(MFA), prompt: 'none' })).get('error')).toBe('login_required');
    expect(await idToken(await ask({ acr_values: MFA, prompt: 'none' }))).toMatchObject({ acr: PASSWORD });
  });

  it('goes on after a choice of account', async () => {
    const choice = await ask({ acr_values: MFA, prompt: 'select_account' });
    const asked = await agent.submit(choice, 'select-account-form', { decision: 'continue' });
    expect(asked.url).toContain('/login/second-factor?flow=');
    expect(await idToken(await typeCode(agent, asked, person.app.code()))).toMatchObject({ acr: MFA });
  });

  it('gets what it demands from somebody who gave more', async () => {
    const guarded = await guardedUser(server);
    const browser = await signedInWithBoth(server, guarded);
    expect(await idToken(await ask(demand(PASSWORD), browser))).toMatchObject({
      acr: PASSWORD,
      amr: ['pwd', 'otp', 'mfa'],
    });
    expect(await idToken(await ask(demand(PASSWORD, MFA), browser))).toMatchObject({ acr: MFA });
    expect(await idToken(await ask({ acr_values: PASSWORD }, browser))).toMatchObject({ acr: MFA });
  });

  // @check 55
  it('does not get it from somebody who has none: a demand is refused, a wish is passed over', async () => {
    const plain = await server.given.user();
    const browser = await server.given.signedIn(plain);
    expect(answer(await ask(demand(MFA), browser)).get('error')).toBe('unmet_authentication_requirements');
    expect(await idToken(await ask({ acr_values: MFA }, browser))).toMatchObject({ acr: PASSWORD });
    expect(await idToken(await ask(demand(MFA, PASSWORD), browser))).toMatchObject({ acr: PASSWORD });
  });

  it('cannot be served by the page without its request, or for somebody else', async () => {
    const asked = await ask({ acr_values: MFA });
    const other = await guardedUser(server);
    agent.cookies.set(
      sessionCookie(server),
      (await signedInWithBoth(server, other)).cookies.get(sessionCookie(server)) ?? '',
    );
    const page = await typeCode(agent, asked, other.app.code());
    // The other person has both factors already, so there is nothing to ask.
    expect(answer(page).get('code')).toBeTruthy();
    expect((await agent.get('/login/second-factor')).location).toBe(`${server.url}/login`);
  });
});

const FRESH: readonly (readonly [string, Record<string, string>])[] = [
  ['prompt=login', { prompt: 'login' }],
  ['max_age=0', { max_age: '0' }],
  ['max_age', { max_age: '30' }],
];

// @attack re-authentication skipped (OIDC Core §3.1.2.1)
describe('an application that asks for a fresh sign-in', () => {
  // @check 50, 52
  it.each(FRESH)('gets both factors again: %s', async (_name, parameters) => {
    const guarded = await guardedUser(server);
    const browser = await signedInWithBoth(server, guarded);
    server.clock.advance(60);
    const login = await ask(parameters, browser);
    expect(login.url).toContain('/login?flow=');
    const asked = await browser.submit(login, 'login-form', {
      username: guarded.user.username,
      password: guarded.password,
    });
    expect(asked.url).toContain('/login/second-factor?pending=');
    // The password alone has changed nothing.
    const flow = new URL(asked.url).searchParams.get('flow') ?? '';
    expect((await browser.get(`/api/v1/oauth/authorize?flow=${flow}`)).location).toContain('/login?flow=');
    const token = await idToken(await typeCode(browser, asked, guarded.app.code()));
    expect(token).toMatchObject({ acr: MFA, auth_time: Math.floor(server.clock.now().getTime() / 1000) });
  });

  it('is not satisfied by a changed password', async () => {
    const guarded = await guardedUser(server);
    const browser = await signedInWithBoth(server, guarded);
    server.clock.advance(60);
    const login = await ask({ prompt: 'login' }, browser);
    const flow = new URL(login.url).searchParams.get('flow') ?? '';
    const change = await browser.get(`/change-password?flow=${flow}`);
    const next = `Another-${guarded.password}`;
    const after = await browser.submit(change, 'password-change-form', {
      current_password: guarded.password,
      new_password: next,
      confirm_password: next,
    });
    expect(after.url).toContain('/login?flow=');
  });

  it('is not satisfied by a second factor alone', async () => {
    const asked = await ask({ acr_values: MFA });
    server.clock.advance(60);
    const login = await ask({ prompt: 'login' });
    await typeCode(agent, asked, person.app.code());
    const flow = new URL(login.url).searchParams.get('flow') ?? '';
    expect((await agent.get(`/api/v1/oauth/authorize?flow=${flow}`)).location).toContain('/login?flow=');
  });
});

describe('discovery', () => {
  it('lists both ways to have signed in', async () => {
    for (const document of ['openid-configuration', 'oauth-authorization-server']) {
      const response = await fetch(`${server.url}/.well-known/${document}`);
      expect(await response.json()).toMatchObject({ acr_values_supported: [PASSWORD, MFA] });
    }
  });
});

it('a sign-in with both factors for an application that demands them needs no second round', async () => {
  const guarded = await guardedUser(server);
  const browser = createAgent(server.url);
  const login = await ask(demand(MFA), browser);
  const asked = await typePassword(browser, guarded, login.url);
  expect(await idToken(await typeCode(browser, asked, guarded.app.code()))).toMatchObject({ acr: MFA });
});

async function session() {
  const page = { limit: 1, offset: 0, now: server.clock.now() };
  return (await server.context.store.sessions.listOf(person.user.id, page))[0];
}
