import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, type Page, createAgent, sessionCookie } from '../support/agent.js';
import { givenAuthenticator } from '../support/authenticator.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let most: number;

beforeAll(async () => {
  server = await startServer({ settings: { trusted_proxies: ['127.0.0.1'], 'login.rate_limit': 100 } });
  most = server.context.settings['lockout.max_attempts'];
});
afterAll(() => server.stop());

const HOME = '192.0.2.10';
const ATTACKER = '198.51.100.7';

function login(name: string, password: string, ip: string): Promise<Response> {
  const form = { grant_type: 'password', username: name, password };
  return server.post('/api/v1/oauth/token', form, { 'x-forwarded-for': ip });
}

async function statuses(answers: Iterable<Promise<Response>>): Promise<number[]> {
  return (await Promise.all(answers)).map(({ status }) => status);
}

async function signInOnPage(agent: Agent, name: string, password: string, ip: string): Promise<Page> {
  const headers = { 'x-forwarded-for': ip };
  const page = await agent.get('/login', headers);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  return agent.post('/login', { username: name, password, csrf }, headers);
}

/** Wrong passwords from so many addresses that no single one of them is locked. */
async function guessFromEverywhere(person: GivenUser, times: number, network = '203.0.113'): Promise<number[]> {
  const all: number[] = [];
  for (let from = 0; all.length < times; from += 1) {
    const batch = Array.from({ length: Math.min(most, times - all.length) }, (_, guess) =>
      login(person.user.username, `guess ${from} ${guess}`, `${network}.${from}`),
    );
    all.push(...(await statuses(batch)));
  }
  return all;
}

describe('a stranger who guesses', () => {
  it('from one address is locked there, and uses up nothing of what others may try', async () => {
    const person = await server.given.user();
    const guesses = await statuses(
      Array.from({ length: 120 }, (_, guess) => login(person.user.username, `guess ${guess}`, ATTACKER)),
    );
    expect(guesses.filter((status) => status === 400)).toHaveLength(most);
    expect(guesses.filter((status) => status === 429)).toHaveLength(120 - most);
    expect((await login(person.user.username, person.password, HOME)).status).toBe(200);
    expect((await signInOnPage(createAgent(server.url), person.user.username, person.password, HOME)).status).toBe(303);
  });

  it('past the limit of an address uses up nothing of an account', async () => {
    const strict = await startServer({
      settings: { trusted_proxies: ['127.0.0.1'], 'login.rate_limit': 15, 'login.address_limit': 6 },
    });
    const person = await strict.given.user();
    for (let guess = 0; guess < 30; guess += 1) {
      const form = { grant_type: 'password', username: person.user.username, password: `guess ${guess}` };
      await strict.post('/api/v1/oauth/token', form, { 'x-forwarded-for': ATTACKER });
    }
    const form = { grant_type: 'password', username: person.user.username, password: person.password };
    const answer = await strict.post('/api/v1/oauth/token', form, { 'x-forwarded-for': HOME });
    expect(answer.status).toBe(200);
    await strict.stop();
  });

  it('from everywhere is slowed down after 100 failures in a row, for good', async () => {
    const person = await server.given.user();
    await login(person.user.username, person.password, HOME);
    const first = await guessFromEverywhere(person, 60);
    server.clock.advance(120);
    const second = await guessFromEverywhere(person, 60, '198.18.0');
    expect([...first, ...second].filter((status) => status === 400)).toHaveLength(101);
    server.clock.advance(86_400 * 30);
    const looked = [];
    for (let hour = 0; hour < 3; hour += 1) {
      server.clock.advance(3601);
      const { user } = person;
      looked.push(...(await statuses([1, 2, 3].map((n) => login(user.email, `${hour} ${n}`, `203.0.113.${100 + n}`)))));
    }
    // A month later nothing is said, and the right password is no better than a wrong one, but for one try an hour.
    expect(new Set(looked)).toEqual(new Set([400]));
    expect((await login(person.user.email, person.password, '203.0.113.200')).status).toBe(400);
    // From where they have signed in before, the person gets in; and with that, strangers may begin anew.
    expect((await login(person.user.username, person.password, HOME)).status).toBe(200);
    expect((await login(person.user.username, person.password, '203.0.113.201')).status).toBe(200);
  });

  it('gets in with a right guess once an hour at most', async () => {
    const person = await server.given.user();
    await guessFromEverywhere(person, 102);
    expect((await login(person.user.username, person.password, '203.0.113.200')).status).toBe(429);
    server.clock.advance(3601);
    expect((await login(person.user.username, person.password, '203.0.113.200')).status).toBe(200);
  });

  it('cannot lock a person out of a browser that is known, not even from the same address', async () => {
    const person = await server.given.user();
    const agent = createAgent(server.url);
    expect((await signInOnPage(agent, person.user.username, person.password, HOME)).status).toBe(303);
    agent.cookies.delete(sessionCookie(server));
    await statuses(Array.from({ length: most + 5 }, (_, guess) => login(person.user.username, `guess ${guess}`, HOME)));
    expect((await login(person.user.username, person.password, HOME)).status).toBe(429);
    expect((await signInOnPage(agent, person.user.username, person.password, HOME)).status).toBe(303);
  });

  it('at a known place is held up there as anywhere else', async () => {
    const person = await server.given.user();
    await login(person.user.username, person.password, HOME);
    let looked = 0;
    for (let window = 0; window < 14; window += 1) {
      const guesses = Array.from({ length: most }, (_, guess) =>
        login(person.user.username, `${window} ${guess}`, HOME),
      );
      looked += (await statuses(guesses)).filter((status) => status === 400).length;
      server.clock.advance(server.context.settings['lockout.duration'] + 1);
    }
    expect(looked).toBeLessThanOrEqual(102);
  });
});

describe('a name and an e-mail address', () => {
  it.each([
    ['name', 'address'],
    ['address', 'name'],
  ])('never give each other away: after a lock of the %s, the %s answers as one that nobody has', async (tried) => {
    const { user } = await server.given.user();
    const [first, second] = tried === 'name' ? [user.username, user.email] : [user.email, user.username];
    const madeUp = second.includes('@') ? `nobody${Math.random()}@example.org` : `nobody_${user.username}`;
    for (let guess = 0; guess <= most; guess += 1) await login(first, `guess ${guess}`, ATTACKER);
    expect((await login(first, 'guess', ATTACKER)).status).toBe(429);
    for (let guess = 0; guess < most + 3; guess += 1) {
      const [theirs, nobodys] = await Promise.all([
        login(second, `guess ${guess}`, ATTACKER),
        login(madeUp, `guess ${guess}`, ATTACKER),
      ]);
      expect([theirs.status, await theirs.text()]).toEqual([nobodys.status, await nobodys.text()]);
    }
  });

  it('are guessed at together', async () => {
    const { user, password } = await server.given.user();
    for (let guess = 0; guess < most; guess += 1)
      expect((await login(guess % 2 === 0 ? user.username : user.email, `guess ${guess}`, ATTACKER)).status).toBe(400);
    const right = await login(user.email, password, ATTACKER);
    expect([right.status, await right.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'Incorrect username or password' },
    ]);
    expect((await login(user.email, password, HOME)).status).toBe(200);
  });
});

describe('an unknown name', () => {
  // @attack account enumeration (Logto)
  it('takes as long as a wrong password, as a request', async () => {
    const { user } = await server.given.user();
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 9; round += 1) {
      for (const who of ['known', 'unknown'] as const) {
        const name = who === 'known' ? user.username : `nobody_${user.username}`;
        const start = process.cpuUsage();
        expect((await login(name, 'wrong', `203.0.113.${round}`)).status).toBe(400);
        const { user: own, system } = process.cpuUsage(start);
        times[who].push(own + system);
      }
    }
    // The server is in this process: the least of several is its work, and no other process counts.
    const [known, unknown] = [Math.min(...times.known), Math.min(...times.unknown)];
    expect(unknown).toBeGreaterThan(known * 0.6);
    expect(known).toBeGreaterThan(unknown * 0.6);
  });
});

describe('a stranger who knows the password', () => {
  it('cannot use up the tries at the second factor of a person at a known place', async () => {
    const person = await server.given.user();
    await login(person.user.username, person.password, HOME);
    const app = await givenAuthenticator(server, person.user);
    const withCode = (otp: string, ip: string): Promise<Response> => {
      const form = { grant_type: 'password', username: person.user.username, password: person.password, otp };
      return server.post('/api/v1/oauth/token', form, { 'x-forwarded-for': ip });
    };
    for (let guess = 0; guess < 25; guess += 1) await withCode('000000', `203.0.113.${guess}`);
    server.clock.advance(30);
    expect((await withCode(app.code(), '203.0.113.200')).status).toBe(429);
    expect((await withCode(app.code(), HOME)).status).toBe(200);
    for (let guess = 0; guess < most; guess += 1) expect((await withCode('000000', HOME)).status).toBe(400);
    server.clock.advance(30);
    expect((await withCode(app.code(), HOME)).status).toBe(429);
  });
});

describe('a stolen token', () => {
  it('cannot use up the tries of its owner to change the password in another browser', async () => {
    const person = await server.given.user();
    const { access_token: token } = await server.given.passwordTokens(person);
    const body = JSON.stringify({ current_password: 'not it', new_password: 'Another-long-1!' });
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-forwarded-for': ATTACKER,
    };
    for (let guess = 0; guess < 12; guess += 1)
      await fetch(`${server.url}/api/v1/auth/change-password`, { method: 'POST', headers, body });
    const agent = await server.given.signedIn(person);
    const page = await agent.get('/account');
    const changed = await agent.submit(page, 'change-password-form', {
      current_password: person.password,
      new_password: 'Another-long-1!',
      confirm_password: 'Another-long-1!',
    });
    expect([changed.status, changed.url]).toEqual([200, expect.stringContaining('password_changed')]);
  });
});
