import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, createAgent, type Page, readForm, sessionCookie } from '../support/agent.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: GivenClient;
let user: GivenUser;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
  user = await server.given.user();
});
afterAll(() => server.stop());

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

function request(changes: Record<string, string> = {}): string {
  return authorizeUrl(server.url, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  });
}

async function consented(person = user): Promise<Agent> {
  return (await server.given.code({ user: person, client, scope: 'openid profile' })).agent;
}

describe('the answer', () => {
  // @check 69, 70, 77
  it.each([
    'plain',
    'with spaces and + and %20',
    '"><script>alert(1)</script>',
    'ünïcödé 🎉',
    'a&b=c;d',
    'x'.repeat(512),
  ])('carries code, iss and the exact state %j', async (state) => {
    const agent = await consented();
    const page = await agent.get(request({ state }));
    expect(page.status).toBe(303);
    const answer = new URL(page.location ?? '').searchParams;
    expect(answer.get('state')).toBe(state);
    expect(answer.get('iss')).toBe(server.url);
    expect(answer.get('code')).toMatch(/^[\w-]{43}$/);
    // @check 72
    expect([...answer.keys()].sort()).toEqual(['code', 'iss', 'state']);
  });

  // @check 74
  it('by form_post is a page whose form holds the values, escaped, with a button', async () => {
    const agent = await consented();
    const state = '"><script>alert(1)</script>';
    const page = await agent.get(request({ response_mode: 'form_post', state }));
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toContain('no-store');
    expect(page.body).not.toContain('<script>alert');
    expect(page.body).toMatch(/<button[^>]*id="form-post-submit"/);
    const form = readForm(page.body, 'form-post');
    expect(form.action).toBe(CALLBACK);
    expect(form.hidden).toMatchObject({ state, iss: server.url, code: expect.any(String) });
    expect(page.headers.get('content-security-policy')).toContain('form-action');
  });

  // @check 75
  it('travels in the fragment or the query as asked, errors too', async () => {
    const agent = await consented();
    const fragment = new URL((await agent.get(request({ response_mode: 'fragment', state: 's' }))).location ?? '');
    expect(fragment.search).toBe('');
    expect(new URLSearchParams(fragment.hash.slice(1)).get('code')).toBeTruthy();
    const error = new URL(
      (await agent.get(request({ response_mode: 'fragment', prompt: 'none', max_age: '0' }))).location ?? '',
    );
    expect(new URLSearchParams(error.hash.slice(1)).get('error')).toBe('login_required');
    const posted = await agent.get(request({ response_mode: 'form_post', prompt: 'none login' }));
    expect(readForm(posted.body, 'form-post').hidden).toMatchObject({ error: 'invalid_request', iss: server.url });
  });

  // @check 32
  it('keeps the query of a registered address', async () => {
    const app = await server.given.client({ redirectUris: ['https://app.example/cb?tenant=1'] });
    const agent = await consented();
    const page = await agent.get(
      request({ client_id: app.clientId, redirect_uri: 'https://app.example/cb?tenant=1', prompt: 'none' }),
    );
    const answer = new URL(page.location ?? '').searchParams;
    expect(answer.get('tenant')).toBe('1');
    expect(answer.get('error')).toBe('consent_required');
  });

  // @check 76
  it('is access_denied when the person denies, or does not want to sign in', async () => {
    const someone = await server.given.user();
    const agent = await server.given.signedIn(someone);
    const page = await agent.follow(await agent.get(request({ state: 'q' })));
    const denied = await agent.submit(page, 'consent-form', { decision: 'deny' });
    expect(new URL(denied.location ?? '').searchParams.get('error')).toBe('access_denied');
    expect(new URL(denied.location ?? '').searchParams.get('state')).toBe('q');
    const stranger = createAgent(server.url);
    const login = await stranger.follow(await stranger.get(request()));
    const cancel = [...login.body.matchAll(/<form[^>]*action="([^"]*cancel)"[^>]*>([\s\S]*?)<\/form>/g)][0];
    expect(cancel).toBeDefined();
  });
});

describe('login and consent', () => {
  async function consentPage(agent: Agent, changes: Record<string, string> = {}): Promise<Page> {
    return agent.follow(await agent.get(request({ prompt: 'consent', ...changes })));
  }

  // @attack login and consent CSRF (OAuth threat model §4.4.1.9)
  // @check 78, 81, 93
  it('cannot be framed, stored, or leak where they were', async () => {
    const agent = createAgent(server.url);
    const login = await agent.follow(await agent.get(request()));
    const consent = await consentPage(await server.given.signedIn(user));
    for (const page of [login, consent]) {
      expect(page.headers.get('x-frame-options')).toBe('DENY');
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(page.headers.get('cache-control')).toContain('no-store');
      expect(page.headers.get('referrer-policy')).toBe('same-origin');
    }
  });

  it('is cut off from an opener nowhere on the way: only /account is', async () => {
    const stranger = createAgent(server.url);
    const start = await stranger.get(request());
    const login = await stranger.follow(start);
    const wrong = await stranger.post('/login', {
      ...readForm(login.body, 'login-form').hidden,
      username: user.user.username,
      password: 'not the one',
    });
    const agent = await server.given.signedIn(user);
    const consent = await consentPage(agent);
    const denied = await agent.post('/consent', { ...readForm(consent.body, 'consent-form').hidden, decision: 'deny' });
    const away = await agent.get(request({ response_mode: 'form_post', prompt: 'none' }));
    const broken = await agent.get(request({ redirect_uri: 'https://elsewhere.example' }));
    const logout = await agent.get('/oidc/logout');
    const on = [start, login, wrong, consent, denied, away, broken, logout];
    expect(on.map((page) => page.headers.get('cross-origin-opener-policy'))).toEqual(on.map(() => null));
    expect((await agent.get('/account')).headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });

  // @attack login and consent CSRF (OAuth threat model §4.4.1.9)
  // @check 82
  it('refuse a post without the token of this browser, or from another site', async () => {
    const agent = await server.given.signedIn(user);
    const page = await consentPage(agent);
    const { action, hidden } = readForm(page.body, 'consent-form');
    const target = new URL(action, server.url).href;
    expect((await agent.post(target, { ...hidden, csrf: 'x'.repeat(43), decision: 'allow' })).status).toBe(403);
    expect((await agent.post(target, { ...hidden, csrf: '', decision: 'allow' })).status).toBe(403);
    expect(
      (await agent.post(target, { ...hidden, decision: 'allow' }, { origin: 'https://evil.example' })).status,
    ).toBe(403);
    expect(
      (await agent.post(target, { ...hidden, decision: 'allow' }, { 'sec-fetch-site': 'cross-site' })).status,
    ).toBe(403);
    const otherBrowser = await server.given.signedIn(user);
    expect((await otherBrowser.post(target, { ...hidden, decision: 'allow' })).status).toBe(403);
  });

  // @attack script in a page (CVE-2026-42849, rauthy pentest 007)
  // @check 83, 269
  it('show who asks, with every name escaped', async () => {
    const evil = await server.given.client({
      name: '<img src=x onerror=alert(1)>',
      clientUri: 'javascript:alert(1)',
      logoUri: 'data:text/html,x',
    });
    const agent = await server.given.signedIn(user);
    const page = await consentPage(agent, { client_id: evil.clientId });
    expect(page.body).toContain('&lt;img src=x');
    expect(page.body).not.toContain('<img src=x');
    expect(page.body).not.toContain('javascript:');
    expect(page.body).toContain('app.example');
    expect(page.body).toContain('data-scope="profile"');
  });

  // @attack session fixation (GHSA-2vg6-77g8-24mp, CVE-2023-6787)
  // @check 84
  it('give the session a new secret at every sign-in', async () => {
    const someone = await server.given.user();
    const agent = createAgent(server.url);
    agent.cookies.set(sessionCookie(server), 'planted-by-somebody-else-0123456789');
    const login = await agent.follow(await agent.get(request()));
    await agent.submit(login, 'login-form', { username: someone.user.username, password: someone.password });
    const first = agent.cookies.get(sessionCookie(server));
    expect(first).not.toBe('planted-by-somebody-else-0123456789');
    const again = await agent.follow(await agent.get(request({ prompt: 'login' })));
    await agent.submit(again, 'login-form', { username: someone.user.username, password: someone.password });
    expect(agent.cookies.get(sessionCookie(server))).not.toBe(first);
    const old = createAgent(server.url);
    old.cookies.set(sessionCookie(server), first ?? '');
    expect(new URL((await old.get(request({ prompt: 'none' }))).location ?? '').searchParams.get('error')).toBe(
      'login_required',
    );
  });

  // @attack account enumeration (Logto)
  // @check 85
  it('answer a wrong password and an unknown name alike, and keep the typed name', async () => {
    const attempt = async (username: string): Promise<Page> => {
      const agent = createAgent(server.url);
      const login = await agent.follow(await agent.get(request()));
      return agent.submit(login, 'login-form', { username, password: 'wrong' });
    };
    const known = await attempt(user.user.username);
    const unknown = await attempt('nobody-at-all');
    expect(known.status).toBe(401);
    expect(unknown.status).toBe(401);
    const plain = (page: Page, name: string): string =>
      page.body
        .replaceAll(name, 'NAME')
        .replaceAll(/value="[^"]*"/g, '')
        .replaceAll(/flow=[\w-]+/g, '');
    expect(plain(known, user.user.username)).toBe(plain(unknown, 'nobody-at-all'));
    expect(known.body).toContain(`value="${user.user.username}"`);
  });

  // @check 86
  it('show consent again to an application on the device', async () => {
    const native = await server.given.client({
      type: 'public',
      redirectUris: ['http://127.0.0.1/cb'],
      applicationType: 'native',
    });
    const agent = await server.given.signedIn(user);
    const changes = { client_id: native.clientId, redirect_uri: 'http://127.0.0.1:5555/cb' };
    const first = await agent.submit(await agent.follow(await agent.get(request(changes))), 'consent-form', {
      decision: 'allow',
    });
    expect(first.location).toContain('code=');
    const second = await agent.follow(await agent.get(request(changes)));
    expect(second.body).toContain('id="consent-form"');
    expect(
      new URL((await agent.get(request({ ...changes, prompt: 'none' }))).location ?? '').searchParams.get('error'),
    ).toBe('consent_required');
  });

  // @check 88
  it('in two tabs do not mix', async () => {
    const someone = await server.given.user();
    const other = await server.given.client({ name: 'Other application' });
    const agent = await server.given.signedIn(someone);
    const one = await consentPage(agent, { state: 'tab one' });
    const two = await consentPage(agent, { client_id: other.clientId, state: 'tab two' });
    expect(two.body).toContain('Other application');
    const done = await agent.submit(one, 'consent-form', { decision: 'allow' });
    expect(new URL(done.location ?? '').searchParams.get('state')).toBe('tab one');
    expect(await server.context.store.consents.find(someone.user.id, other.clientId)).toBeUndefined();
  });

  // @check 89, 92
  it('give one code only: not twice, not after logout, not to another person, not by going back', async () => {
    const someone = await server.given.user();
    const agent = await server.given.signedIn(someone);
    const page = await consentPage(agent);
    const { hidden } = readForm(page.body, 'consent-form');
    const allow = (): Promise<Page> => agent.post(`${server.url}/consent`, { ...hidden, decision: 'allow' });
    const both = await Promise.all([allow(), allow(), allow()]);
    expect(both.filter((one) => one.location?.includes('code='))).toHaveLength(1);
    expect((await allow()).location ?? '').not.toContain('code=');

    const left = await consentPage(agent);
    agent.cookies.delete(sessionCookie(server));
    expect((await agent.submit(left, 'consent-form', { decision: 'allow' })).body).toContain('id="login-form"');

    const fresh = createAgent(server.url);
    const login = await fresh.follow(await fresh.get(request()));
    const first = await fresh.submit(login, 'login-form', {
      username: someone.user.username,
      password: someone.password,
    });
    expect(first.location ?? first.body).toMatch(/code=|consent-form/);
    const again = await fresh
      .submit(login, 'login-form', { username: someone.user.username, password: someone.password })
      .catch((error: Error) => error);
    if (!(again instanceof Error) && first.location?.includes('code='))
      expect(again.location ?? '').not.toContain('code=');
  });

  // @check 90
  it('are remembered for these scopes, and asked again for more', async () => {
    const someone = await server.given.user();
    const { agent } = await server.given.code({ user: someone, client, scope: 'openid profile' });
    expect((await agent.get(request())).location).toContain('code=');
    const wider = await agent.follow(await agent.get(request({ scope: 'openid profile email' })));
    expect(wider.body).toContain('id="consent-form"');
    const claims = JSON.stringify({ userinfo: { email: { essential: true } } });
    expect((await agent.follow(await agent.get(request({ claims })))).body).toContain('id="consent-form"');
  });

  it('remember only what the person was shown: an administrator scope is asked for again when they become one', async () => {
    const someone = await server.given.user();
    const app = await server.given.client({ scopes: ['openid', 'admin:users:read'] });
    const changes = { client_id: app.clientId, scope: 'openid admin:users:read' };
    const { agent } = await server.given.code({ user: someone, client: app, scope: changes.scope });
    expect((await agent.get(request(changes))).location).toContain('code=');
    await server.context.store.users.change(someone.user.id, { isAdmin: true }, { now: server.clock.now() });
    expect((await agent.follow(await agent.get(request(changes)))).body).toContain('id="consent-form"');
  });

  it('take the choice of an account for the account that was shown', async () => {
    const [one, two] = [await server.given.user(), await server.given.user()];
    const { agent } = await server.given.code({ user: one, client, scope: 'openid profile' });
    const other = await server.given.code({ user: two, client, scope: 'openid profile' });
    server.clock.advance(1);
    const choice = await agent.follow(await agent.get(request({ prompt: 'select_account' })));
    agent.cookies.set(sessionCookie(server), other.agent.cookies.get(sessionCookie(server)) ?? '');
    const asked = await agent.submit(choice, 'select-account-form', { decision: 'continue' });
    expect(asked.body).toContain('id="select-account-form"');
  });

  it('come after a forced password change', async () => {
    const someone = await server.given.user({ requiresPasswordChange: true });
    const agent = createAgent(server.url);
    const login = await agent.follow(await agent.get(request()));
    const change = await agent.submit(login, 'login-form', {
      username: someone.user.username,
      password: someone.password,
    });
    expect(change.body).toContain('id="password-change-form"');
    const next = 'a-new-and-longer-password';
    const done = await agent.submit(change, 'password-change-form', {
      current_password: someone.password,
      new_password: next,
      confirm_password: next,
    });
    expect(done.body).toContain('id="consent-form"');
  });
});
