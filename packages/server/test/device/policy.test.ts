import { DEVICE_CODE_GRANT } from '@authly/oauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, type Page, sessionCookie } from '../support/agent.js';
import type { GivenClient, GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { askForCode, connect, poll } from './device.js';

let server: TestServer;
let user: GivenUser;
let client: GivenClient;
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client({ name: 'Living-room TV' });
});

beforeEach(async () => {
  // Wrong guesses of the test before are forgotten.
  server.clock.advance(3600);
  user = await server.given.user();
  agent = await server.given.signedIn(user);
});

afterAll(() => server.stop());

describe('guessing user codes', () => {
  // @check 168
  it('ends after five wrong codes, for the right one too, with the time to wait', async () => {
    const device = await askForCode(server, client);
    for (let time = 0; time < 5; time += 1) expect((await type(agent, 'BBBB-BBBB')).body).toContain('no such code');
    const refused = await type(agent, device.user_code);
    expect(refused.status).toBe(429);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(1200);
    server.clock.advance(wait);
    expect((await type(agent, (await askForCode(server, client)).user_code)).body).toContain('device-confirm-form');
  });

  it('is limited where a code is only looked at, too', async () => {
    for (let time = 0; time < 5; time += 1) await agent.get('/device/confirm?user_code=BBBB-BBBB');
    expect((await agent.get('/device/confirm?user_code=BBBB-BBBC')).status).toBe(429);
  });

  // @attack device phishing (RFC 8628 §5.4)
  it('is limited for many at once: of 20 parallel guesses five are looked up', async () => {
    const pages = await Promise.all(Array.from({ length: 20 }, () => agent.get('/device/confirm?user_code=BBBB-BBBB')));
    expect(pages.filter((page) => page.status === 400)).toHaveLength(5);
    expect(pages.filter((page) => page.status === 429)).toHaveLength(15);
  });

  it('is not made cheaper by right codes in between', async () => {
    for (let time = 0; time < 5; time += 1) {
      await type(agent, 'BBBB-BBBB');
      await type(agent, (await askForCode(server, client)).user_code);
    }
    expect((await type(agent, 'BBBB-BBBB')).status).toBe(429);
  });

  // @check 168
  it('is limited over two windows, so that waiting for the next one gives no ten guesses in the life of a code', async () => {
    for (let time = 0; time < 3; time += 1) await type(agent, 'BBBB-BBBB');
    server.clock.advance(600);
    for (let time = 0; time < 2; time += 1) expect((await type(agent, 'BBBB-BBBB')).status).toBe(400);
    expect((await type(agent, 'BBBB-BBBB')).status).toBe(429);
  });

  it('is limited for an address with many accounts', async () => {
    for (let person = 0; person < 4; person += 1) {
      const someone = await server.given.signedIn(await server.given.user());
      for (let time = 0; time < 5; time += 1) await type(someone, 'BBBB-BBBB');
    }
    expect((await type(agent, 'BBBB-BBBB')).status).toBe(429);
  });

  it('does not count what can be no code, nor right codes', async () => {
    for (let time = 0; time < 8; time += 1) expect((await type(agent, 'no code')).status).toBe(400);
    for (let time = 0; time < 8; time += 1) {
      expect((await type(agent, (await askForCode(server, client)).user_code)).status).toBe(200);
    }
  });
});

describe('who may let a device in', () => {
  // @attack device flow without the checks (CVE-2024-38371, Hydra e6a73547c)
  it('is somebody with a password of their own: a demanded change comes first, then the device', async () => {
    const person = await server.given.user({ requiresPasswordChange: true });
    const browser = await server.given.signedIn(person);
    const device = await askForCode(server, client);
    const demanded = await browser.follow(await browser.get(device.verification_uri_complete));
    expect(demanded.url).toContain('/change-password?to=device');
    const next = `Another-${person.password}`;
    const back = await browser.submit(demanded, 'password-change-form', {
      current_password: person.password,
      new_password: next,
      confirm_password: next,
    });
    expect(back.url).toBe(device.verification_uri_complete);
    expect((await connect(browser, device)).body).toContain('id="device-approved"');
  });

  // @attack device flow without the checks (CVE-2024-38371, Hydra e6a73547c)
  it('is somebody who has signed in lately, where the client demands it', async () => {
    const bank = await server.given.client({ defaultMaxAge: 60 });
    server.clock.advance(120);
    const device = await askForCode(server, bank);
    const asked = await type(agent, device.user_code);
    expect(asked.url).toContain('/login?to=device');
    expect(asked.body).toContain('Enter your password again');
    const entry = await agent.submit(asked, 'login-form', {
      username: user.user.username,
      password: user.password,
    });
    const question = await agent.submit(entry, 'device-form', { user_code: device.user_code });
    const done = await agent.submit(question, 'device-confirm-form', { decision: 'allow' });
    expect(done.body).toContain('id="device-approved"');
  });

  // @attack device flow without the checks (CVE-2024-38371, Hydra e6a73547c)
  it('gives only what they may hold: administration stays with administrators', async () => {
    const tool = await server.given.client({ scopes: ['openid', 'admin:users:read'] });
    const device = await askForCode(server, tool, {}, 'openid admin:users:read');
    const question = await type(agent, device.user_code);
    expect(question.body).not.toContain('admin:users:read');
    await agent.submit(question, 'device-confirm-form', { decision: 'allow' });
    expect(await (await poll(server, tool, device)).json()).toMatchObject({ scope: 'openid' });
    const consent = await server.context.store.consents.find(user.user.id, tool.clientId);
    expect(consent?.scopes).toEqual(['openid']);
  });

  it('is nobody who may hold nothing of it', async () => {
    const tool = await server.given.client({ scopes: ['admin:users:read'] });
    const device = await askForCode(server, tool, {}, 'admin:users:read');
    expect((await type(agent, device.user_code)).status).toBe(403);
    expect(await (await poll(server, tool, device)).json()).toMatchObject({ error: 'authorization_pending' });
  });

  // @attack device let in by or for another (CVE-2026-45337, dex 17875400)
  it('is the person who saw the question: the answer of another account on the same browser does not count', async () => {
    const device = await askForCode(server, client);
    const question = await type(agent, device.user_code);
    const other = await server.given.signedIn(await server.given.user());
    agent.cookies.set(sessionCookie(server), other.cookies.get(sessionCookie(server)) ?? '');
    const page = await agent.submit(question, 'device-confirm-form', { decision: 'allow' });
    expect(page.body).toContain('device-confirm-form');
    expect(await (await poll(server, client, device)).json()).toMatchObject({ error: 'authorization_pending' });
  });

  it('can be another account, chosen on the page', async () => {
    const device = await askForCode(server, client);
    const question = await type(agent, device.user_code);
    const login = await agent.submit(question, 'switch-account-form');
    const other = await server.given.user();
    const entry = await agent.submit(login, 'login-form', { username: other.user.username, password: other.password });
    expect(entry.url).toBe(device.verification_uri_complete);
    await connect(agent, device);
    await poll(server, client, device);
    expect(await server.context.store.consents.find(other.user.id, client.clientId)).toBeDefined();
    expect(await server.context.store.consents.find(user.user.id, client.clientId)).toBeUndefined();
  });

  // @attack login and consent CSRF (OAuth threat model §4.4.1.9)
  // @check 171
  it('decides on our page: a post from elsewhere, without the token or with that of another form, is refused', async () => {
    const device = await askForCode(server, client);
    const question = await type(agent, device.user_code);
    const fields = { user_code: device.user_code, decision: 'allow' };
    expect((await agent.post('/device/confirm', fields)).status).toBe(403);
    expect((await agent.post('/device/confirm', { ...fields, csrf: 'x'.repeat(43) })).status).toBe(403);
    const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const hidden = Object.fromEntries(
      [...question.body.matchAll(/name="(csrf|shown)" value="([^"]+)"/g)].map((match) => [match[1], match[2]]),
    );
    expect((await agent.post('/device/confirm', { ...fields, ...hidden }, elsewhere)).status).toBe(403);
    expect(await (await poll(server, client, device)).json()).toMatchObject({ error: 'authorization_pending' });
  });

  it('cannot let in a client that was switched off or may not use devices any more', async () => {
    for (const change of [{ isActive: false }, { grantTypes: ['authorization_code'] as const }]) {
      const tool = await server.given.client();
      const device = await askForCode(server, tool);
      await server.context.store.clients.change(tool.clientId, change, { now: server.clock.now() });
      await expect.poll(async () => (await server.context.directory.client(tool.clientId))?.version).toBe(2);
      expect((await type(agent, device.user_code)).body).toContain('no such code');
    }
  });

  // @attack device let in by or for another (CVE-2026-45337, dex 17875400)
  it('cannot use a code that somebody else has used, and does not see whose it was', async () => {
    const device = await askForCode(server, client);
    const other = await server.given.user();
    await connect(await server.given.signedIn(other), device);
    const page = await type(agent, device.user_code);
    expect(page.body).toContain('already used');
    expect(page.body).not.toContain(other.user.username);
  });
});

describe('the device endpoint', () => {
  // @attack device let in by or for another (CVE-2026-45337, dex 17875400)
  // @check 167
  it('gives a code to its own client only: polled by another it is unknown', async () => {
    const device = await askForCode(server, client);
    await connect(agent, device);
    const stranger = await server.given.client();
    expect(await (await poll(server, stranger, device)).json()).toMatchObject({ error: 'invalid_grant' });
    expect((await poll(server, client, device)).status).toBe(200);
  });

  // @attack device phishing (RFC 8628 §5.4)
  // @check 165
  // @rule 1.19
  it('refuses clients that are not registered for it', async () => {
    const web = await server.given.client({ grantTypes: ['authorization_code'] });
    await expect(askForCode(server, web)).rejects.toThrow('unauthorized_client');
  });

  // @check 165
  it('serves public clients, whose tokens are theirs alone', async () => {
    const cli = await server.given.client({ type: 'public', grantTypes: [DEVICE_CODE_GRANT, 'refresh_token'] });
    const device = await askForCode(server, cli);
    await connect(agent, device);
    expect((await poll(server, cli, device)).status).toBe(200);
  });
});

async function type(browser: Agent, code: string): Promise<Page> {
  return browser.submit(await browser.get('/device'), 'device-form', { user_code: code });
}
