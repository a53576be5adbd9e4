import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, createAgent, sessionCookie } from '../support/agent.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let user: GivenUser;
let agent: Agent;

beforeAll(async () => {
  server = await startServer();
});

beforeEach(async () => {
  user = await server.given.user({ profile: { givenName: 'Ada', familyName: 'Lovelace', phoneNumberVerified: false } });
  agent = await server.given.signedIn(user);
});

afterAll(() => server.stop());

describe('the account page', () => {
  it('is for people who are signed in', async () => {
    const stranger = createAgent(server.url);
    for (const path of ['', '/password', '/sessions', '/apps', '/api-keys', '/sign-out']) {
      const page = path === '' ? await stranger.get('/account') : await stranger.post(`/account${path}`, {});
      expect(page.location).toBe(`${server.url}/login`);
    }
  });

  it('says who the person is', async () => {
    const page = await agent.get('/account');
    expect(page.status).toBe(200);
    expect(page.body).toContain('Ada Lovelace');
    expect(page.body).toContain(user.user.email);
    expect(page.body).toContain(user.user.id);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('comes after a demanded password change', async () => {
    const person = await server.given.user({ requiresPasswordChange: true });
    const browser = await server.given.signedIn(person);
    expect((await browser.get('/account')).location).toBe(`${server.url}/change-password`);
    expect((await browser.post('/account/api-keys', { action: 'create' })).location).toContain('/change-password');
  });

  it('takes nothing that does not come from its own forms, shown to this very person', async () => {
    const other = await server.given.user();
    const theirs = await (await server.given.signedIn(other)).get('/account');
    const csrf = /name="csrf" value="([^"]+)"/.exec(theirs.body)?.[1] ?? '';
    await agent.get('/account');
    for (const path of ['password', 'sessions', 'apps', 'api-keys', 'sign-out']) {
      expect((await agent.post(`/account/${path}`, {})).status).toBe(403);
      expect((await agent.post(`/account/${path}`, { csrf })).status).toBe(403);
    }
  });

  it('shows no notice that an address makes up', async () => {
    expect((await agent.get('/account?notice=key_created')).body).not.toContain('account-notice');
    expect((await agent.get('/account?notice=%3Cscript%3E')).body).not.toContain('account-notice');
    expect((await agent.get('/account?sessions_page=-1&activity_before=x')).status).toBe(200);
    expect((await agent.get('/account?sessions_page=999999999&activity_before=9007199254740991')).status).toBe(200);
  });
});

describe('changing the password', () => {
  it('signs out every other browser and goes on in this one with a new secret', async () => {
    const elsewhere = await server.given.signedIn(user);
    const before = agent.cookies.get(sessionCookie(server));
    const next = `Another-${user.password}`;
    const page = await agent.submit(await agent.get('/account'), 'change-password-form', {
      current_password: user.password,
      new_password: next,
      confirm_password: next,
    });
    expect(page.url).toBe(`${server.url}/account?notice=password_changed`);
    expect(page.body).toContain('Your password is changed.');
    expect(agent.cookies.get(sessionCookie(server))).not.toBe(before);
    expect((await elsewhere.get('/account')).location).toBe(`${server.url}/login`);
    const old = createAgent(server.url);
    old.cookies.set(sessionCookie(server), before ?? '');
    expect((await old.get('/account')).location).toBe(`${server.url}/login`);
  });

  it('is refused beside the field that is wrong, and changes nothing', async () => {
    const cases = [
      [
        { current_password: 'wrong', new_password: 'a new password', confirm_password: 'a new password' },
        'not your current password',
      ],
      [{ current_password: user.password, new_password: 'short', confirm_password: 'short' }, 'at least 8 characters'],
      [{ current_password: user.password, new_password: 'a new password', confirm_password: 'other' }, 'not the same'],
      [
        { current_password: user.password, new_password: user.password, confirm_password: user.password },
        'must differ',
      ],
      [{ new_password: 'a new password', confirm_password: 'a new password' }, 'Enter your current password'],
    ] as const;
    for (const [fields, words] of cases) {
      const page = await agent.submit(await agent.get('/account'), 'change-password-form', fields);
      expect(page.status).toBe(400);
      expect(page.body).toContain(words);
    }
    expect((await agent.get('/account')).status).toBe(200);
  });

  it('is limited, so that nobody at an open browser can guess it', async () => {
    const form = await agent.get('/account');
    const wrong = { current_password: 'wrong', new_password: 'a new password', confirm_password: 'a new password' };
    for (let time = 0; time < 10; time += 1) await agent.submit(form, 'change-password-form', wrong);
    const page = await agent.submit(form, 'change-password-form', wrong);
    expect(page.status).toBe(429);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('sessions', () => {
  it('are listed with this browser marked, and end one by one', async () => {
    const elsewhere = await server.given.signedIn(user);
    const page = await agent.get('/account');
    expect(page.body.match(/This browser/g)).toHaveLength(1);
    const [other, ...more] = [...page.body.matchAll(/name="session_id" value="([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(more).toEqual([]);
    const after = await agent.submit(page, 'sessions-form', { session_id: other ?? '' });
    expect(after.url).toBe(`${server.url}/account?notice=session_ended`);
    expect((await elsewhere.get('/account')).status).toBe(303);
    expect((await agent.get('/account')).status).toBe(200);
  });

  it('end all but this one', async () => {
    const others = await Promise.all([server.given.signedIn(user), server.given.signedIn(user)]);
    await agent.submit(await agent.get('/account'), 'end-other-sessions-form', { action: 'end_others' });
    for (const other of others) expect((await other.get('/account')).status).toBe(303);
    const page = await agent.get('/account');
    expect(page.status).toBe(200);
    expect(page.body).not.toContain('end-other-sessions-form');
  });

  it('of other people cannot be ended, and neither can what is no session', async () => {
    const stranger = await server.given.user();
    const theirs = await server.given.signedIn(stranger);
    const [session] = await server.context.store.sessions.listOf(stranger.user.id, {
      limit: 1,
      offset: 0,
      now: server.clock.now(),
    });
    await server.given.signedIn(user);
    for (const id of [session?.id ?? '', 'x', server.context.random.uuid(), "' or 1=1 --"]) {
      const page = await agent.submit(await agent.get('/account'), 'sessions-form', { session_id: id });
      expect(page.url).toBe(`${server.url}/account`);
    }
    expect((await theirs.get('/account')).status).toBe(200);
  });

  it('end with their tokens, as far as those are not offline', async () => {
    const client = await server.given.client();
    const run = await server.given.tokens({ user, client, scope: 'openid profile' });
    await agent.submit(await agent.get('/account'), 'end-other-sessions-form', { action: 'end_others' });
    const answer = await server.post('/api/v1/oauth/introspect', { token: run.access_token }, client.basic);
    expect(await answer.json()).toEqual({ active: false });
  });

  it('are shown page by page when there are many', async () => {
    await Promise.all(Array.from({ length: 25 }, () => server.given.signedIn(user)));
    const first = await agent.get('/account');
    expect(sessionRows(first.body)).toBe(20);
    const older = /href="([^"]*sessions_page=2[^"]*)"/.exec(first.body)?.[1] ?? '';
    const second = await agent.get(older);
    expect(sessionRows(second.body)).toBe(6);
    expect(second.body).toContain('sessions_page=1');
    expect(second.body).not.toContain('sessions_page=3');
  });

  it('end with signing out here', async () => {
    const page = await agent.submit(await agent.get('/account'), 'sign-out-form');
    expect(page.url).toBe(`${server.url}/login?reason=signed_out`);
    expect(agent.cookies.has(sessionCookie(server))).toBe(false);
    expect((await agent.get('/account')).status).toBe(303);
  });
});

describe('apps with access', () => {
  it('lose it, with every token, when they are removed', async () => {
    const client = await server.given.client({ name: 'Northwind Analytics' });
    const { access_token: token, agent: browser } = await server.given.tokens({ user, client });
    const page = await browser.get('/account');
    expect(page.body).toContain('Northwind Analytics');
    const after = await browser.submit(page, 'apps-form', { client_id: client.clientId });
    expect(after.body).toContain('has no access any more');
    expect(after.body).toContain('No app has access');
    const answer = await server.post('/api/v1/oauth/introspect', { token }, client.basic);
    expect(await answer.json()).toEqual({ active: false });
    const again = await browser.submit(page, 'apps-form', { client_id: client.clientId });
    expect(again.url).toBe(`${server.url}/account`);
  });

  it('are one person’s own: removing one leaves the access that others gave', async () => {
    const client = await server.given.client();
    const other = await server.given.user();
    const theirs = await server.given.tokens({ user: other, client });
    const mine = await server.given.tokens({ user, client });
    await mine.agent.submit(await mine.agent.get('/account'), 'apps-form', { client_id: client.clientId });
    const answer = await server.post('/api/v1/oauth/introspect', { token: theirs.access_token }, client.basic);
    expect(await answer.json()).toMatchObject({ active: true });
  });

  it('escape the names that their owners chose', async () => {
    const client = await server.given.client({ name: '<img src=x onerror=alert(1)>' });
    const { agent: browser } = await server.given.tokens({ user, client });
    const page = await browser.get('/account');
    expect(page.body).toContain('&lt;img src=x');
    expect(page.body).not.toContain('<img src=x');
  });
});

describe('recent activity', () => {
  it('shows what the person did and from where, and failed attempts, newest first', async () => {
    const browser = createAgent(server.url);
    const login = await browser.get('/login');
    await browser.submit(login, 'login-form', { username: user.user.username, password: 'wrong' });
    server.clock.advance(60);
    await browser.submit(login, 'login-form', { username: user.user.username, password: user.password });
    const page = await browser.get('/account');
    const events = page.body.slice(page.body.indexOf('id="activity"'));
    expect(events.indexOf('Signed in')).toBeGreaterThan(0);
    expect(events.indexOf('Sign-in failed')).toBeGreaterThan(events.indexOf('Signed in'));
    expect(events).toContain('127.0.0.1');
  });

  it('is the person’s own, and comes page by page', async () => {
    const actor = { type: 'user', id: user.user.id, name: user.user.username } as const;
    for (let number = 0; number < 25; number += 1)
      await server.context.audit.record({ action: 'logout', outcome: 'success', actor }, { ip: '192.0.2.1' });
    const first = await agent.get('/account');
    expect(first.body.match(/class="event"/g)).toHaveLength(20);
    const older = /href="([^"]*activity_before=\d+[^"]*)"/.exec(first.body)?.[1] ?? '';
    expect((await agent.get(older)).body.match(/class="event"/g)).toHaveLength(5);
    const other = await server.given.signedIn(await server.given.user());
    expect((await other.get('/account')).body).not.toContain('192.0.2.1');
  });

  it('does not show where an administrator works from', async () => {
    await server.context.audit.record(
      {
        action: 'api_key.revoked',
        outcome: 'success',
        actor: { type: 'user', id: server.context.random.uuid(), name: 'root' },
        target: { type: 'user', id: user.user.id },
        details: { name: 'old key' },
      },
      { ip: '192.0.2.99' },
    );
    const page = await agent.get('/account');
    expect(page.body).toContain('old key');
    expect(page.body).not.toContain('192.0.2.99');
  });
});

function sessionRows(html: string): number {
  const section = html.slice(html.indexOf('id="sessions-form"'));
  return (section.slice(0, section.indexOf('</form>')).match(/class="row"/g) ?? []).length;
}
