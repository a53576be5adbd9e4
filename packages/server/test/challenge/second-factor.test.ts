import type { TokenResponse } from '@authly/oauth';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GivenAuthenticator, givenAuthenticator } from '../support/authenticator.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { type Program, program } from './program.js';

let server: TestServer;
let own: Program;
let user: GivenUser;
let app: GivenAuthenticator;

beforeAll(async () => {
  server = await startServer();
  own = await program(server);
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.given.user();
  app = await givenAuthenticator(server, user.user);
});

/** A code that is never right. */
function wrongCode(): string {
  return app.code() === '000000' ? '000001' : '000000';
}

describe('a person with a second factor', () => {
  it('is asked for it, and the tokens tell of it', async () => {
    const asked = await own.begin(user, { nonce: 'a nonce' });
    expect(asked).toMatchObject({
      status: 403,
      error: 'insufficient_authorization',
      mfa_methods: ['otp', 'recovery_code'],
    });
    expect(asked.auth_session).toMatch(/^[\w-]{43}$/);
    expect(asked.authorization_code).toBeUndefined();
    expect(asked.headers.get('cache-control')).toBe('no-store');
    server.clock.advance(40);
    const answer = await own.goOn(asked.auth_session, app.code());
    expect(answer).toMatchObject({ status: 200, authorization_code: expect.any(String) });
    const redeemed = await own.redeem(answer.authorization_code);
    const tokens = (await redeemed.json()) as TokenResponse;
    expect(redeemed.status).toBe(200);
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({
      sub: user.user.id,
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:authly:acr:mfa',
      auth_time: Math.floor(server.clock.now().getTime() / 1000),
      nonce: 'a nonce',
    });
  });

  it('can use a recovery code, once', async () => {
    const [code = ''] = app.recoveryCodes;
    const first = await own.begin(user);
    expect((await own.goOn(first.auth_session, code)).status).toBe(200);
    const second = await own.begin(user);
    const again = await own.goOn(second.auth_session, code);
    expect(again).toMatchObject({ status: 403, error: 'insufficient_authorization' });
  });

  it('can send the code with the password', async () => {
    const answer = await own.begin(user, { otp: app.code() });
    expect(answer.status).toBe(200);
    server.clock.advance(30);
    const wrong = await own.begin(user, { otp: wrongCode() });
    expect(wrong).toMatchObject({ error: 'insufficient_authorization', auth_session: expect.any(String) });
    expect((await own.goOn(wrong.auth_session, app.code())).status).toBe(200);
  });

  it('is asked again after a wrong code, with the same auth_session', async () => {
    const asked = await own.begin(user);
    const wrong = await own.goOn(asked.auth_session, wrongCode());
    expect(wrong).toMatchObject({
      status: 403,
      error: 'insufficient_authorization',
      error_description: expect.stringContaining('wrong'),
      auth_session: asked.auth_session,
      mfa_methods: ['otp', 'recovery_code'],
    });
    expect((await own.goOn(asked.auth_session, app.code())).status).toBe(200);
  });

  // @attack second-factor code used twice (dex 5af2b61b)
  it('is told when a code was used before', async () => {
    const code = app.code();
    expect((await own.begin(user, { otp: code })).status).toBe(200);
    const asked = await own.begin(user);
    expect(await own.goOn(asked.auth_session, code)).toMatchObject({
      error: 'insufficient_authorization',
      error_description: expect.stringContaining('used before'),
    });
  });

  // @attack second-factor guessing (dex 5af2b61b)
  it('starts again after five wrong codes, whatever comes then', async () => {
    const asked = await own.begin(user);
    for (let tries = 1; tries < 5; tries += 1)
      expect(await own.goOn(asked.auth_session, wrongCode())).toMatchObject({ error: 'insufficient_authorization' });
    expect(await own.goOn(asked.auth_session, wrongCode())).toMatchObject({ status: 400, error: 'invalid_session' });
    expect(await own.goOn(asked.auth_session, app.code())).toMatchObject({ status: 400, error: 'invalid_session' });
  });

  // @attack parallel guessing (CVE-2024-4629, CVE-2023-47111)
  // @attack second-factor guessing (dex 5af2b61b)
  it('is locked after too many wrong codes, however many logins they come in', async () => {
    const sessions = await Promise.all([own.begin(user), own.begin(user), own.begin(user)]);
    const guesses = sessions.flatMap(({ auth_session: session }) =>
      Array.from({ length: 5 }, () => own.goOn(session, wrongCode())),
    );
    expect((await Promise.all(guesses)).filter(({ status }) => status === 429)).not.toHaveLength(0);
    const fresh = await own.begin(user);
    const locked = await own.goOn(fresh.auth_session, app.code());
    expect(locked).toMatchObject({ status: 429, error: 'invalid_grant' });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is told nothing of it with a wrong password', async () => {
    const wrong = await own.begin({ ...user, password: 'wrong' }, { otp: app.code() });
    expect(wrong).toMatchObject({
      status: 400,
      error: 'invalid_grant',
      error_description: 'Incorrect username or password',
    });
    expect(wrong.auth_session).toBeUndefined();
  });

  it('goes on in a browser at once where the login cannot end here', async () => {
    const temporary = await server.given.user({ requiresPasswordChange: true });
    await givenAuthenticator(server, temporary.user);
    expect(await own.begin(temporary)).toMatchObject({ status: 403, error: 'redirect_to_web' });
  });

  it('reaches an essential acr that a password alone does not', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:authly:acr:mfa' } } });
    expect((await own.begin(user, { claims, otp: app.code() })).status).toBe(200);
    const plain = await server.given.user();
    expect(await own.begin(plain, { claims })).toMatchObject({ error: 'unmet_authentication_requirements' });
  });

  it('signs in with both factors in the audit log, and with one in no place', async () => {
    const asked = await own.begin(user);
    const before = await server.context.audit.recentOf(user.user.id, { actions: ['login'], limit: 5 });
    expect(before).toEqual([]);
    await own.goOn(asked.auth_session, wrongCode());
    await own.goOn(asked.auth_session, app.code());
    const after = await server.context.audit.recentOf(user.user.id, { actions: ['login'], limit: 5 });
    expect(after.map(({ outcome, details }) => [outcome, details?.['method'], details?.['second_factor']])).toEqual([
      ['success', 'challenge', 'otp'],
      ['failure', 'challenge', 'otp'],
    ]);
  });
});

describe('an auth_session', () => {
  it('is good for one login', async () => {
    const { auth_session: session } = await own.begin(user);
    expect((await own.goOn(session, app.code())).status).toBe(200);
    server.clock.advance(30);
    expect(await own.goOn(session, app.code())).toMatchObject({ status: 400, error: 'invalid_session' });
  });

  it('is good for ten minutes', async () => {
    const late = await own.begin(user);
    server.clock.advance(599);
    expect((await own.goOn(late.auth_session, app.code())).status).toBe(200);
    const tooLate = await own.begin(user);
    server.clock.advance(600);
    expect(await own.goOn(tooLate.auth_session, app.code())).toMatchObject({ error: 'invalid_session' });
  });

  it('belongs to its client', async () => {
    const { auth_session: session } = await own.begin(user);
    const other = await program(server, await server.given.client({ isFirstParty: true }));
    expect(await other.goOn(session, app.code())).toMatchObject({ status: 400, error: 'invalid_session' });
    const stranger = await program(server, await server.given.client({ type: 'public' }));
    expect(await stranger.goOn(session, app.code())).toMatchObject({ error: 'unauthorized_client' });
    expect((await own.goOn(session, app.code())).status).toBe(200);
  });

  it('stands for its public client, and never for a confidential one', async () => {
    const { auth_session: session } = await own.begin(user);
    expect((await own.goOn(session, app.code(), { client_id: '' })).status).toBe(200);
    const confidential = await program(server, await server.given.client({ isFirstParty: true }));
    const asked = await confidential.begin(user);
    server.clock.advance(30);
    const form = { auth_session: asked.auth_session ?? '', otp: app.code() };
    expect(await own.send(form)).toMatchObject({ status: 401, error: 'invalid_client' });
    expect((await confidential.send(form)).status).toBe(200);
  });

  it('belongs to its code_challenge, scope and nonce', async () => {
    const { auth_session: session } = await own.begin(user, { nonce: 'mine', resource: 'https://api.example' });
    const other = await program(server);
    for (const changes of [
      { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' },
      { scope: 'openid profile offline_access email' },
      { scope: 'openid' },
      { nonce: 'another' },
      { resource: 'https://other.example' },
      { username: user.user.username },
      { password: user.password },
    ])
      expect(await own.goOn(session, app.code(), changes as unknown as Record<string, string>)).toMatchObject({
        status: 400,
        error: 'invalid_request',
      });
    const same = { scope: 'offline_access profile openid', nonce: 'mine', resource: 'https://api.example' };
    const answer = await own.goOn(session, app.code(), same);
    expect(answer.status).toBe(200);
    expect((await other.redeem(answer.authorization_code)).status).toBe(400);
    const redeemed = (await (await own.redeem(answer.authorization_code)).json()) as TokenResponse;
    expect(redeemed.scope).toBe('openid profile offline_access');
  });

  it('ends when the password is changed, or the account switched off or removed', async () => {
    const { auth_session: changed } = await own.begin(user);
    server.clock.advance(31);
    const hash = await server.context.passwords.hash('another password');
    await server.context.store.users.setPassword(user.user.id, hash, { now: server.clock.now() });
    expect(await own.goOn(changed, app.code())).toMatchObject({ error: 'invalid_session' });

    const again = { ...user, password: 'another password' };
    const { auth_session: off } = await own.begin(again);
    const change = { now: server.clock.now() };
    await server.context.store.users.change(user.user.id, { isActive: false }, change);
    expect(await own.goOn(off, app.code())).toMatchObject({ error: 'invalid_session' });
    await server.context.store.users.change(user.user.id, { isActive: true }, change);

    const { auth_session: removed } = await own.begin(again);
    await server.context.store.users.remove(user.user.id);
    expect(await own.goOn(removed, app.code())).toMatchObject({ error: 'invalid_session' });
  });

  // @attack step skipped by an empty post (CVE-2026-49443)
  it('leads on with nothing but a code', async () => {
    const { auth_session: session } = await own.begin(user);
    expect(await own.goOn(session, '')).toMatchObject({ status: 400, error: 'invalid_request' });
    expect(await own.goOn(session, ' ')).toMatchObject({ error: 'insufficient_authorization' });
    expect(await own.goOn(undefined, app.code())).toMatchObject({ error: 'invalid_request' });
    expect(await own.goOn('x'.repeat(400), app.code())).toMatchObject({ error: 'invalid_session' });
  });

  // @attack secret in a log (Keycloak 26.6, authentik 2026.8)
  it('is neither in the log nor in the database, and no more are the codes', async () => {
    const { auth_session: session = '' } = await own.begin(user);
    const code = app.code();
    await own.goOn(session, code);
    expect(server.logged()).not.toContain(session);
    expect(server.logged()).not.toContain(code);
    const { Client } = await import('pg');
    const database = new Client({ connectionString: server.databaseUrl });
    await database.connect();
    const { rows } = await database.query(
      'select c::text as row from login_challenges c union all select a::text from audit_events a',
    );
    await database.end();
    expect(JSON.stringify(rows)).not.toContain(session);
    expect(rows.length).toBeGreaterThan(0);
  });
});
