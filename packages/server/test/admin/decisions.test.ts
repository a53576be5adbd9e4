import type { TokenResponse } from '@authly/oauth';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askForCode, connect, poll } from '../device/device.js';
import { program } from '../challenge/program.js';
import { createAgent } from '../support/agent.js';
import { givenAuthenticator } from '../support/authenticator.js';
import { authorizeUrl, CALLBACK, type GivenClient, type GivenUser, redeem, refreshWith } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller } from './caller.js';

/** Every decision about who somebody is and what they get leaves its event, whichever way it went and whichever door it was. */

let server: TestServer;
let admin: Caller;
let database: Client;
let person: GivenUser;
let app: GivenClient;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
  database = new Client({ connectionString: server.databaseUrl });
  await database.connect();
  person = await server.given.user();
  app = await server.given.client();
});
afterAll(async () => {
  await database.end();
  await server.stop();
});

interface Told {
  readonly action: string;
  readonly outcome: string;
  readonly actor_id: string | null;
  readonly client_id: string | null;
  readonly ip: string | null;
  readonly details: Record<string, unknown>;
}

/** What is told of what happens in between, in order. */
async function toldOf(happening: () => Promise<unknown>): Promise<readonly Told[]> {
  const { rows: head } = await database.query<{ seq: string }>('select coalesce(max(seq), 0) as seq from audit_events');
  await happening();
  const { rows } = await database.query<Told>(
    'select action, outcome, actor_id, client_id, ip, details from audit_events where seq > $1 order by seq',
    [head[0]?.seq],
  );
  for (const { action, ip } of rows) expect([action, ip]).toEqual([action, '127.0.0.1']);
  return rows;
}

async function oneOf(happening: () => Promise<unknown>): Promise<Told> {
  const events = await toldOf(happening);
  expect(events.map(({ action }) => action)).toHaveLength(1);
  const [event] = events;
  if (!event) throw new Error('nothing was told');
  return event;
}

const grant = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  server.post('/api/v1/oauth/token', form, headers);
const byPassword = (username: string, password: string) =>
  grant({ grant_type: 'password', username, password, scope: 'openid' });
const named = (user: GivenUser) => ({ actor_id: user.user.id });

async function onThePage(username: string, password: string): Promise<void> {
  const agent = createAgent(server.url);
  await agent.submit(await agent.get('/login'), 'login-form', { username, password });
}

describe('a sign-in is told', () => {
  test('when it succeeds: on the page, by the password grant, at the admin API', async () => {
    expect(await oneOf(() => onThePage(person.user.username, person.password))).toMatchObject({
      ...named(person),
      action: 'login',
      outcome: 'success',
      details: { method: 'page' },
    });
    expect(await toldOf(() => byPassword(person.user.username, person.password))).toMatchObject([
      { ...named(person), action: 'login', outcome: 'success', details: { method: 'password_grant' } },
      { ...named(person), action: 'token.issued', outcome: 'success', client_id: 'authly' },
    ]);
    const boss = await server.given.user({ isAdmin: true });
    const body = { username: boss.user.username, password: boss.password };
    expect(await toldOf(() => admin.call('adminAuthenticate', { body }))).toMatchObject([
      { ...named(boss), action: 'login', outcome: 'success', details: { method: 'admin_api' } },
      { ...named(boss), action: 'token.issued', outcome: 'success' },
    ]);
  });

  test('from a program, right or wrong', async () => {
    const own = await program(server);
    expect(await toldOf(() => own.begin(person))).toContainEqual(
      expect.objectContaining({
        ...named(person),
        action: 'login',
        outcome: 'success',
        details: expect.objectContaining({ method: 'challenge' }) as object,
      }),
    );
    expect(await oneOf(() => own.begin({ ...person, password: 'wrong' }))).toMatchObject({
      ...named(person),
      action: 'login',
      outcome: 'failure',
      details: { method: 'challenge', reason: 'wrong' },
    });
  });

  test('when it fails, with the reason, and the name only of an account that there is', async () => {
    const wrong = await oneOf(() => byPassword(person.user.username, 'wrong'));
    expect(wrong).toMatchObject({
      ...named(person),
      action: 'login',
      outcome: 'failure',
      details: { reason: 'wrong' },
    });
    const nobody = await oneOf(() => byPassword('a-password-in-the-wrong-field', 'wrong'));
    expect(nobody).toMatchObject({ action: 'login', outcome: 'failure', actor_id: null });
    expect(JSON.stringify(nobody)).not.toContain('a-password-in-the-wrong-field');
    expect(await oneOf(() => onThePage(person.user.username, 'wrong'))).toMatchObject({
      outcome: 'failure',
      details: { method: 'page', reason: 'wrong' },
    });
    const inactive = await server.given.user({ isActive: false });
    expect(await oneOf(() => byPassword(inactive.user.username, inactive.password))).toMatchObject({
      outcome: 'failure',
      details: { reason: 'inactive' },
    });
    const locked = await server.given.user();
    for (let tries = 0; tries < 12; tries += 1) await byPassword(locked.user.username, 'wrong');
    expect(await oneOf(() => byPassword(locked.user.username, locked.password))).toMatchObject({
      action: 'login',
      outcome: 'failure',
      details: { reason: 'locked' },
    });
  });

  test('with its second factor, right or wrong', async () => {
    const guarded = await server.given.user();
    const app2 = await givenAuthenticator(server, guarded.user);
    const agent = createAgent(server.url);
    const signIn = async (code: string) => {
      const page = await agent.submit(await agent.get('/login'), 'login-form', {
        username: guarded.user.username,
        password: guarded.password,
      });
      await agent.submit(page, 'second-factor-form', { code });
    };
    expect(await toldOf(() => signIn('000000'))).toMatchObject([
      { ...named(guarded), action: 'login.first_factor', outcome: 'success' },
      { ...named(guarded), action: 'login', outcome: 'failure', details: { reason: 'second_factor' } },
    ]);
    expect(await toldOf(() => signIn(app2.code()))).toMatchObject([
      { ...named(guarded), action: 'login.first_factor', outcome: 'success' },
      { ...named(guarded), action: 'login', outcome: 'success', details: { second_factor: 'otp' } },
    ]);
  });

  test('and so are its end, and a wrong old password', async () => {
    const agent = await server.given.signedIn(person);
    expect(await oneOf(async () => agent.submit(await agent.get('/account'), 'sign-out-form'))).toMatchObject({
      ...named(person),
      action: 'logout',
      outcome: 'success',
    });
    const again = await server.given.signedIn(person);
    const fields = { current_password: 'wrong', new_password: 'Some-passw0rd!', confirm_password: 'Some-passw0rd!' };
    expect(
      await oneOf(async () => again.submit(await again.get('/account'), 'change-password-form', fields)),
    ).toMatchObject({ ...named(person), action: 'password.changed', outcome: 'failure' });
  });
});

describe('what an application gets is told', () => {
  test('consent given and refused', async () => {
    const other = await server.given.client();
    const agent = await server.given.signedIn(person);
    const asked = {
      response_type: 'code',
      client_id: other.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid profile',
      state: 's',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    };
    const decide = async (decision: string) => {
      const page = await agent.follow(await agent.get(authorizeUrl(server.url, asked)));
      await agent.submit(page, 'consent-form', { decision });
    };
    expect(await oneOf(() => decide('deny'))).toMatchObject({
      ...named(person),
      action: 'consent.denied',
      client_id: other.clientId,
      details: { scopes: ['openid', 'profile'] },
    });
    expect(await toldOf(() => decide('allow'))).toContainEqual(
      expect.objectContaining({ ...named(person), action: 'consent.granted', client_id: other.clientId }),
    );
  });

  test('tokens for a code, for a refresh token, and for a client itself', async () => {
    const run = await server.given.code({ user: person, client: app });
    let tokens: TokenResponse | undefined;
    const redemption = await oneOf(async () => {
      tokens = (await (await redeem(server.url, app, run)).json()) as TokenResponse;
    });
    expect(redemption).toMatchObject({ action: 'token.issued', outcome: 'success', client_id: app.clientId });
    const refresh = () => refreshWith(server.url, app, tokens?.refresh_token ?? '');
    expect(await oneOf(refresh)).toMatchObject({ action: 'token.refreshed', client_id: app.clientId });
    expect(await oneOf(() => grant({ grant_type: 'client_credentials' }, app.basic))).toMatchObject({
      action: 'token.issued',
      client_id: app.clientId,
    });
  });

  test('a code and a refresh token that come a second time', async () => {
    const run = await server.given.code({ user: person, client: app });
    await redeem(server.url, app, run);
    expect(await oneOf(() => redeem(server.url, app, run))).toMatchObject({
      action: 'code.replayed',
      outcome: 'failure',
      client_id: app.clientId,
    });
    const tokens = await server.given.tokens({ user: person, client: app });
    await refreshWith(server.url, app, tokens.refresh_token ?? '');
    server.clock.advance(3600 / 2);
    expect(await oneOf(() => refreshWith(server.url, app, tokens.refresh_token ?? ''))).toMatchObject({
      action: 'refresh_token.reused',
      outcome: 'failure',
      client_id: app.clientId,
    });
  });

  test('a client that cannot prove itself', async () => {
    const basic = `Basic ${Buffer.from(`${app.clientId}:wrong`).toString('base64')}`;
    expect(await oneOf(() => grant({ grant_type: 'client_credentials' }, { authorization: basic }))).toMatchObject({
      action: 'client.authenticated',
      outcome: 'failure',
      client_id: app.clientId,
    });
  });

  test('a device that is let in, one that is not, and what it gets', async () => {
    const agent = await server.given.signedIn(person);
    const device = await askForCode(server, app);
    expect(await oneOf(() => connect(agent, device))).toMatchObject({ ...named(person), action: 'device.approved' });
    server.clock.advance(10);
    expect(await oneOf(() => poll(server, app, device))).toMatchObject({ action: 'token.issued' });
    const other = await askForCode(server, app);
    expect(await oneOf(() => connect(agent, other, 'deny'))).toMatchObject({
      ...named(person),
      action: 'device.denied',
    });
  });

  test('a token that is revoked', async () => {
    const tokens = await server.given.tokens({ user: person, client: app });
    const token = tokens.refresh_token ?? '';
    expect(await oneOf(() => server.post('/api/v1/oauth/revoke', { token }, app.basic))).toMatchObject({
      action: 'token.revoked',
      client_id: app.clientId,
    });
  });

  test('an administrator who may not', async () => {
    const weak = await administrator(server, ['admin:clients:read']);
    expect(await oneOf(() => weak.call('listUsers'))).toMatchObject({
      ...named(weak.person),
      action: 'admin.refused',
      outcome: 'failure',
      details: { operation: 'listUsers' },
    });
  });
});

test('and the log of it all is whole', async () => {
  admin = await administrator(server);
  expect((await admin.call('verifyAudit')).body).toMatchObject({ valid: true, problem_count: 0 });
});
