import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, createAgent, sessionCookie } from '../support/agent.js';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { askForCode, connect, poll } from './device.js';

let server: TestServer;
let user: GivenUser;
let client: GivenClient;
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
  user = await server.given.user();
  client = await server.given.client({ name: 'Living-room TV' });
  agent = await server.given.signedIn(user);
});

afterAll(() => server.stop());

describe('the device page', () => {
  // @check 171
  it('asks somebody who is not signed in to sign in first, and keeps the code', async () => {
    const device = await askForCode(server, client);
    const stranger = createAgent(server.url);
    const page = await stranger.get(device.verification_uri_complete);
    expect(page.status).toBe(303);
    expect(page.location).toBe(`${server.url}/login?to=device&user_code=${device.user_code}`);
    const login = await stranger.follow(page);
    const back = await stranger.submit(login, 'login-form', {
      username: user.user.username,
      password: user.password,
    });
    expect(back.url).toBe(`${server.url}/device?user_code=${device.user_code}`);
    expect(back.body).toContain(`value="${device.user_code}"`);
  });

  // @attack device phishing (RFC 8628 §5.4)
  // @check 170
  // @rule 1.19
  it('asks for the confirmation of a code that came with the address, and shows who asked from where', async () => {
    const device = await askForCode(server, client, { 'user-agent': 'smart-tv/4.2' });
    const entry = await agent.get(device.verification_uri_complete);
    expect(entry.body).not.toContain('device-allow');
    const page = await agent.submit(entry, 'device-form', { user_code: device.user_code });
    expect(page.url).toBe(`${server.url}/device/confirm?user_code=${device.user_code}`);
    expect(page.body).toContain(device.user_code);
    expect(page.body).toContain('Living-room TV');
    expect(page.body).toContain('127.0.0.1');
    expect(page.body).toContain('smart-tv');
    expect(page.body).toContain('data-scope="read"');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  // @check 169
  it('takes a code in small letters, with spaces or without a dash', async () => {
    for (const write of [
      (code: string) => code.toLowerCase(),
      (code: string) => code.replace('-', ' '),
      (code: string) => ` ${code.replace('-', '')} `,
    ]) {
      const device = await askForCode(server, client);
      const entry = await agent.get('/device');
      const page = await agent.submit(entry, 'device-form', { user_code: write(device.user_code) });
      expect(page.body).toContain('device-confirm-form');
    }
  });

  // @check 167
  it('lets the device in exactly once: the first poll gets the tokens, every other one invalid_grant', async () => {
    const device = await askForCode(server, client);
    const done = await connect(agent, device);
    expect(done.body).toContain('id="device-approved"');
    const first = await poll(server, client, device);
    expect(first.status).toBe(200);
    const tokens = (await first.json()) as Record<string, string>;
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'openid profile read' });
    expect(tokens['refresh_token']).toMatch(/^authly_rt_/);
    const second = await poll(server, client, device);
    expect(second.status).toBe(400);
    expect(await second.json()).toMatchObject({ error: 'invalid_grant' });
  });

  // @attack device code redeemed twice (Pocket ID 6bd058a)
  // @check 167
  it('answers one of 50 parallel polls of an approved code', async () => {
    const device = await askForCode(server, client);
    await connect(agent, device);
    const polls = await Promise.all(Array.from({ length: 50 }, () => poll(server, client, device)));
    expect(polls.filter((answer) => answer.status === 200)).toHaveLength(1);
    for (const answer of polls)
      if (answer.status !== 200) expect(await answer.json()).toMatchObject({ error: 'invalid_grant' });
  });

  // @check 166
  // @rule 1.37
  it('says authorization_pending, then slow_down to a device that does not wait, and answers at once when it is settled', async () => {
    const device = await askForCode(server, client);
    expect(await (await poll(server, client, device)).json()).toMatchObject({ error: 'authorization_pending' });
    expect(await (await poll(server, client, device)).json()).toMatchObject({ error: 'slow_down' });
    await connect(agent, device);
    expect((await poll(server, client, device)).status).toBe(200);
  });

  // @check 166
  // @rule 1.37
  it('tells a denied device so at once, and the person too', async () => {
    const device = await askForCode(server, client);
    const done = await connect(agent, device, 'deny');
    expect(done.body).toContain('id="device-denied"');
    for (let time = 0; time < 2; time += 1) {
      expect(await (await poll(server, client, device)).json()).toMatchObject({ error: 'access_denied' });
    }
  });

  it('does no harm when the decision is sent twice, and the second one does not change it', async () => {
    const device = await askForCode(server, client);
    const entry = await agent.get(device.verification_uri_complete);
    const question = await agent.submit(entry, 'device-form', { user_code: device.user_code });
    await agent.submit(question, 'device-confirm-form', { decision: 'allow' });
    const again = await agent.submit(question, 'device-confirm-form', { decision: 'deny' });
    expect(again.body).toContain('id="device-approved"');
    expect((await poll(server, client, device)).status).toBe(200);
  });

  // @check 166, 173
  it('expires with its code: neither the person nor the device gets further', async () => {
    const device = await askForCode(server, client);
    const entry = await agent.get(device.verification_uri_complete);
    const question = await agent.submit(entry, 'device-form', { user_code: device.user_code });
    server.clock.advance(601);
    const late = await agent.submit(question, 'device-confirm-form', { decision: 'allow' });
    expect(late.body).toContain('id="device-expired"');
    expect(await (await poll(server, client, device)).json()).toMatchObject({ error: 'expired_token' });
  });

  // @attack device flow without the checks (CVE-2024-38371, Hydra e6a73547c)
  it('gives the device a session of its own: its tokens say nothing of the browser and outlive its sign-out', async () => {
    const browser = await server.given.signedIn(user);
    const device = await askForCode(server, client);
    await connect(browser, device);
    const tokens = (await (await poll(server, client, device)).json()) as Record<string, string>;
    const idToken = claimsOf(tokens['id_token'] ?? '');
    const secret = browser.cookies.get(sessionCookie(server)) ?? '';
    const found = await server.context.store.sessions.findBySecret(server.context.hashing.tokenHash(secret));
    expect(idToken['sid']).not.toBe(found?.session.id);
    const account = await browser.get('/account');
    await browser.submit(account, 'sign-out-form');
    const refreshed = await server.post(
      '/api/v1/oauth/token',
      {
        grant_type: 'refresh_token',
        refresh_token: tokens['refresh_token'] ?? '',
      },
      client.basic,
    );
    expect(refreshed.status).toBe(200);
  });

  // @check 146
  it('carries when and how the person signed in into the tokens', async () => {
    const device = await askForCode(server, client);
    const signedInAt = Math.floor(server.clock.now().getTime() / 1000);
    const browser = await server.given.signedIn(user);
    server.clock.advance(120);
    await connect(browser, device);
    const tokens = (await (await poll(server, client, device)).json()) as Record<string, string>;
    expect(claimsOf(tokens['id_token'] ?? '')).toMatchObject({ auth_time: signedInAt, amr: ['pwd'] });
  });

  it('remembers the consent, so that the account page can take it back and end the device', async () => {
    const person = await server.given.user();
    const browser = await server.given.signedIn(person);
    const device = await askForCode(server, client);
    await connect(browser, device);
    const tokens = (await (await poll(server, client, device)).json()) as Record<string, string>;
    const account = await browser.get('/account');
    expect(account.body).toContain('Living-room TV');
    const after = await browser.submit(account, 'apps-form', { client_id: client.clientId });
    expect(after.body).toContain('id="account-notice"');
    const refreshed = await server.post(
      '/api/v1/oauth/token',
      {
        grant_type: 'refresh_token',
        refresh_token: tokens['refresh_token'] ?? '',
      },
      client.basic,
    );
    expect(refreshed.status).toBe(400);
  });

  it('records who let which device in', async () => {
    const person = await server.given.user();
    await connect(await server.given.signedIn(person), await askForCode(server, client));
    const [event] = await server.context.audit.recentOf(person.user.id, { actions: ['device.approved'], limit: 1 });
    expect(event).toMatchObject({
      outcome: 'success',
      clientId: client.clientId,
      actor: { type: 'user', id: person.user.id },
      ip: '127.0.0.1',
    });
  });

  // @attack secret in a log (Keycloak 26.6, authentik 2026.8)
  it('keeps no code in the log', async () => {
    const device = await askForCode(server, client);
    await connect(agent, device);
    expect(server.logged()).not.toContain(device.device_code);
    expect(server.logged()).not.toContain(createHash('sha256').update(device.device_code).digest('base64url'));
  });
});

function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
