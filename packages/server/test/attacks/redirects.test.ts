import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgent, readForm } from '../support/agent.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser, redeem } from '../support/given.js';
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

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

function asked(changes: Record<string, string> = {}): string {
  return authorizeUrl(server.url, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: CALLBACK,
    scope: 'openid profile',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    state: 'state',
    ...changes,
  });
}

describe('a registered address', () => {
  // @attack redirect by pattern (CVE-2024-52289, CVE-2023-6134, CVE-2023-6291, CVE-2024-1132, CVE-2024-2419, CVE-2024-8883)
  it.each([
    ['https://app.example/callback', 'https://appxexample/callback'],
    ['https://app.example/callback', 'https://app.example/callback/../../evil'],
    ['https://app.example/callback', 'https://evil.example/?https://app.example/callback'],
    ['https://app.example/*', 'https://app.example/anything'],
    ['https://*.example/callback', 'https://evil.example/callback'],
    ['https://app.example/.*', 'https://app.example/evil'],
    ['https://app.example/(a|b)', 'https://app.example/a'],
    ['https://app.example/callback', 'https://app.example/callback%00.evil.example'],
  ])('%s is no pattern: %s is not sent anything', async (registered, used) => {
    const odd = await server.given.client({ redirectUris: [registered] });
    const page = await createAgent(server.url).get(asked({ client_id: odd.clientId, redirect_uri: used }));
    expect([page.status, page.location]).toEqual([400, undefined]);
  });

  // @attack double decoding (dex 7cb2317c)
  it('is not decoded a second time', async () => {
    const agent = createAgent(server.url);
    for (const twice of [encodeURIComponent(CALLBACK), encodeURIComponent(encodeURIComponent(CALLBACK))])
      expect((await agent.get(asked({ redirect_uri: twice }))).status).toBe(400);
    const percent = await server.given.client({ redirectUris: ['https://app.example/a%2520b'] });
    const page = await agent.get(asked({ client_id: percent.clientId, redirect_uri: 'https://app.example/a%20b' }));
    expect([page.status, page.location]).toEqual([400, undefined]);
  });

  // @attack redirect checked too late (CVE-2025-4143, CVE-2026-54072)
  it('cannot be exchanged on the way: what is slipped into the consent form changes nothing', async () => {
    const agent = await server.given.signedIn(user);
    const page = await agent.follow(await agent.get(asked({ prompt: 'consent' })));
    const { action, hidden } = readForm(page.body, 'consent-form');
    const answer = await agent.post(new URL(action, page.url).href, {
      ...hidden,
      decision: 'allow',
      redirect_uri: 'https://evil.example/cb',
      client_id: 'client_evil',
      scope: 'openid profile email write',
      state: 'other',
    });
    const location = new URL((await agent.follow(answer)).location ?? answer.location ?? '');
    expect(location.href.startsWith(`${CALLBACK}?`)).toBe(true);
    expect(location.searchParams.get('state')).toBe('state');
    const run = { code: location.searchParams.get('code') ?? '', verifier: VERIFIER, redirectUri: CALLBACK };
    expect(await (await redeem(server.url, client, run)).json()).toMatchObject({ scope: 'openid profile' });
  });
});

describe('an answer by redirect', () => {
  // @attack mix-up (RFC 9207)
  it.each([
    [{ prompt: 'none' }, 'login_required'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'nonsense' }, 'invalid_scope'],
    [{ code_challenge: '' }, 'invalid_request'],
  ])('names the server that gives it, in errors too: %j', async (changes, error) => {
    const { location = '' } = await createAgent(server.url).get(asked(changes as Record<string, string>));
    const values = new URL(location.replace('#', '?')).searchParams;
    expect([values.get('error'), values.get('iss'), values.get('state')]).toEqual([error, server.url, 'state']);
  });

  // @attack password sent on by a redirect (FAPI 2.0, RFC 9700 §4.12)
  it('after a form is a 303, so that no browser sends the password or the consent on', async () => {
    const someone = await server.given.user();
    const agent = createAgent(server.url);
    const login = await agent.follow(await agent.get(asked()));
    const form = readForm(login.body, 'login-form');
    const signedIn = await agent.post(new URL(form.action, login.url).href, {
      ...form.hidden,
      username: someone.user.username,
      password: someone.password,
    });
    expect(signedIn.status).toBe(303);
    const consent = await agent.follow(signedIn);
    const yes = readForm(consent.body, 'consent-form');
    const allowed = await agent.post(new URL(yes.action, consent.url).href, { ...yes.hidden, decision: 'allow' });
    expect(allowed.status).toBe(303);
    expect(allowed.location).not.toContain(someone.password);
  });
});

describe('a login that belongs to no application', () => {
  // @attack return to another host (CVE-2024-39694, CVE-2024-56734, dex d91abd90)
  it.each(['//evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example', 'javascript:alert(1)'])(
    'leads to a page of our own, whatever the address asks for: %j',
    async (elsewhere) => {
      const names = ['to', 'next', 'return_to', 'returnUrl', 'redirect_uri', 'continue', 'rd'];
      const query = new URLSearchParams(names.map((name) => [name, elsewhere])).toString();
      const agent = createAgent(server.url);
      const page = await agent.get(`/login?${query}`);
      const { action, hidden } = readForm(page.body, 'login-form');
      expect(JSON.stringify([action, hidden])).not.toContain('evil');
      const done = await agent.post(new URL(action, page.url).href, {
        ...hidden,
        ...Object.fromEntries(names.map((name) => [name, elsewhere])),
        username: user.user.username,
        password: user.password,
      });
      expect([done.status, done.location]).toEqual([303, `${server.url}/account`]);
    },
  );

  // @attack Host header injection (CVE-2025-64101, CVE-2025-48936)
  it('is sent to our own address, whatever Host and X-Forwarded headers say', async () => {
    const location = await new Promise<string | undefined>((resolve, reject) => {
      const { hostname, port, pathname, search } = new URL(asked());
      const headers = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-forwarded-prefix': '/evil',
        forwarded: 'host=evil.example;proto=https',
      };
      httpRequest({ hostname, port, path: `${pathname}${search}`, headers }, (response) => {
        response.resume();
        resolve(response.headers.location);
      })
        .once('error', reject)
        .end();
    });
    expect(location).toMatch(/^\/login\?|^http:\/\/127\.0\.0\.1:/);
    expect(location).not.toContain('evil');
  });
});
