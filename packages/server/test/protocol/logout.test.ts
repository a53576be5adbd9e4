import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgent, readForm } from '../support/agent.js';
import { type GivenClient, type GivenUser, refreshWith } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

const BYE = 'https://app.example/bye';

let server: TestServer;
let client: GivenClient;
let user: GivenUser;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
  user = await server.given.user();
});
afterAll(() => server.stop());

function logout(parameters: Record<string, string>): string {
  return `${server.url}/oidc/logout?${new URLSearchParams(parameters).toString()}`;
}

async function isSignedIn(agent: ReturnType<typeof createAgent>): Promise<boolean> {
  return (JSON.parse((await agent.get(`${server.url}/oidc/session/check`)).body) as { authenticated: boolean })
    .authenticated;
}

describe('logout', () => {
  // @check 249, 250
  it.each(['GET', 'POST'])(
    'by %s with a genuine hint ends the session and goes back with the exact state',
    async (method) => {
      const tokens = await server.given.tokens({ user, client });
      const parameters = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: BYE, state: 'a b+c%&é' };
      const page =
        method === 'GET'
          ? await tokens.agent.get(logout(parameters))
          : await tokens.agent.post(`${server.url}/oidc/logout`, parameters);
      expect(page.status).toBe(303);
      expect(page.location?.startsWith(BYE)).toBe(true);
      expect(new URL(page.location ?? '').searchParams.get('state')).toBe('a b+c%&é');
      expect(await isSignedIn(tokens.agent)).toBe(false);
    },
  );

  // @check 259
  it('ends refresh tokens without offline_access, and keeps those with it', async () => {
    const online = await server.given.tokens({ user, client, scope: 'openid' });
    const offline = await server.given.code({ user, client, scope: 'openid offline_access', agent: online.agent });
    await online.agent.get(logout({ id_token_hint: online.id_token ?? '' }));
    expect((await refreshWith(server.url, client, online.refresh_token ?? '')).status).toBe(400);
    expect(offline.code).toBeTruthy();
  });

  // @check 251
  it.each([`${BYE}?x=1`, 'https://APP.example/bye', 'https://evil.example/', 'javascript:alert(1)'])(
    'asks before it ends anything for an unregistered address, and never goes there: %j',
    async (address) => {
      const tokens = await server.given.tokens({ user, client });
      const hint = tokens.id_token ?? '';
      const page = await tokens.agent.get(logout({ id_token_hint: hint, post_logout_redirect_uri: address }));
      expect([page.status, page.location]).toEqual([200, undefined]);
      expect(page.body).toContain('id="logout-form"');
      expect(page.body).toContain('not registered');
      expect(await isSignedIn(tokens.agent)).toBe(true);
      const done = await tokens.agent.submit(page, 'logout-form', { decision: 'logout' });
      expect([done.status, done.location]).toEqual([200, undefined]);
      expect(done.body).toContain('<h1>You cannot be sent back to the app</h1>');
      expect(done.body).not.toContain('Logout Successful');
      expect(await isSignedIn(tokens.agent)).toBe(false);
      // Nobody is left to be asked.
      const again = await tokens.agent.get(logout({ id_token_hint: hint, post_logout_redirect_uri: address }));
      expect([again.status, again.location]).toEqual([200, undefined]);
      expect(again.body).toContain('<h1>You cannot be sent back to the app</h1>');
    },
  );

  // @check 252, 255
  it('without a hint asks first and changes nothing until the person agrees', async () => {
    const agent = await server.given.signedIn(user);
    const page = await agent.get(logout({ client_id: client.clientId, post_logout_redirect_uri: BYE, state: 's' }));
    expect(page.body).toContain('id="logout-form"');
    expect(await isSignedIn(agent)).toBe(true);
    const stayed = await agent.submit(page, 'logout-form', { decision: 'stay' });
    expect(stayed.url).toContain('/account');
    const forged = await agent.post(`${server.url}/oidc/logout/confirm`, {
      ...readForm(page.body, 'logout-form').hidden,
      csrf: 'forged',
      decision: 'logout',
    });
    expect(forged.status).toBe(403);
    const moved = await agent.post(`${server.url}/oidc/logout/confirm`, {
      ...readForm(page.body, 'logout-form').hidden,
      return_to: 'https://evil.example/',
      decision: 'logout',
    });
    expect(moved.status).toBe(403);
    const done = await agent.submit(page, 'logout-form', { decision: 'logout' });
    expect(done.location).toBe(`${BYE}?state=s`);
    expect(await isSignedIn(agent)).toBe(false);
  });

  // @check 253
  it('refuses hints that we did not sign, takes expired ones, and asks for hints of another session', async () => {
    const tokens = await server.given.tokens({ user, client });
    const [, payload] = (tokens.id_token ?? '').split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    for (const hint of [none, `${tokens.id_token?.slice(0, -4)}AAAA`, tokens.access_token, 'x']) {
      expect((await tokens.agent.get(logout({ id_token_hint: hint }))).status).toBe(400);
    }
    expect(await isSignedIn(tokens.agent)).toBe(true);
    const other = await server.given.tokens({ user, client });
    const asked = await tokens.agent.get(logout({ id_token_hint: other.id_token ?? '' }));
    expect(asked.body).toContain('id="logout-form"');
    server.clock.advance(3600);
    await tokens.agent.get(logout({ id_token_hint: tokens.id_token ?? '' }));
    expect(await isSignedIn(tokens.agent)).toBe(false);
  });

  // @check 254
  it('refuses a client_id that is not the client of the hint', async () => {
    const tokens = await server.given.tokens({ user, client });
    const page = await tokens.agent.get(logout({ id_token_hint: tokens.id_token ?? '', client_id: 'client_other' }));
    expect(page.status).toBe(400);
    expect(await isSignedIn(tokens.agent)).toBe(true);
  });

  // @check 262
  it('in one browser leaves the others alone', async () => {
    const one = await server.given.tokens({ user, client });
    const two = await server.given.tokens({ user, client });
    expect(decodeJwt(one.id_token ?? '').sid).not.toBe(decodeJwt(two.id_token ?? '').sid);
    await one.agent.get(logout({ id_token_hint: one.id_token ?? '' }));
    expect(await isSignedIn(two.agent)).toBe(true);
  });

  it('by the ID token of a password login ends that login alone', async () => {
    const one = await server.given.passwordTokens(user);
    const two = await server.given.passwordTokens(user);
    await createAgent(server.url).get(logout({ id_token_hint: one.id_token ?? '' }));
    const refresh = (token: string): Promise<Response> =>
      server.post('/api/v1/oauth/token', { grant_type: 'refresh_token', refresh_token: token });
    expect((await refresh(one.refresh_token ?? '')).status).toBe(400);
    expect((await refresh(two.refresh_token ?? '')).status).toBe(200);
  });
});

describe('the session check', () => {
  it('believes the cookie, and says inactive after logout', async () => {
    const tokens = await server.given.tokens({ user, client });
    const check = async (): Promise<Record<string, unknown>> =>
      JSON.parse((await tokens.agent.get(`${server.url}/oidc/session/check`)).body) as Record<string, unknown>;
    expect(await check()).toMatchObject({
      session_state: 'active',
      authenticated: true,
      sid: decodeJwt(tokens.id_token ?? '').sid,
    });
    await tokens.agent.get(logout({ id_token_hint: tokens.id_token ?? '' }));
    expect(await check()).toMatchObject({ session_state: 'inactive', authenticated: false });
    const header = await fetch(`${server.url}/oidc/session/check`, { headers: { authorization: 'Bearer x' } });
    expect(await header.json()).toMatchObject({ authenticated: false });
  });

  it('answers for the login behind a Bearer token: active after the password grant, inactive after logout', async () => {
    const person = await server.given.user();
    const form = { grant_type: 'password', username: person.user.username, password: person.password, scope: 'openid' };
    const login = (await (await server.post('/api/v1/oauth/token', form)).json()) as Record<string, string>;
    const authorization = `Bearer ${login['access_token']}`;
    const check = async (): Promise<Record<string, unknown>> =>
      (await (await fetch(`${server.url}/oidc/session/check`, { headers: { authorization } })).json()) as Record<
        string,
        unknown
      >;
    const { sid } = decodeJwt(login['id_token'] ?? '');
    expect(sid).toBeDefined();
    expect(await check()).toMatchObject({ session_state: 'active', authenticated: true, sid });
    await fetch(`${server.url}/api/v1/auth/logout`, { method: 'POST', headers: { authorization } });
    expect(await check()).toMatchObject({ session_state: 'inactive', authenticated: false });
  });

  it('is inactive for a token of a machine', async () => {
    const { client: machine, secret } = await server.given.client({
      grantTypes: ['client_credentials'],
      scopes: ['read'],
    });
    const basic = `Basic ${Buffer.from(`${machine.clientId}:${secret}`).toString('base64')}`;
    const form = { grant_type: 'client_credentials', scope: 'read' };
    const answer = await server.post('/api/v1/oauth/token', form, { authorization: basic });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const asked = await fetch(`${server.url}/oidc/session/check`, { headers: { authorization: `Bearer ${token}` } });
    expect(await asked.json()).toMatchObject({ session_state: 'inactive' });
  });
});
