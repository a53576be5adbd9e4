import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RecoverOptions, recoverIn } from '../../src/serve/recover.ts';
import { givenAuthenticator } from '../support/authenticator.ts';
import { secondFactorOf } from '../support/second-factor.ts';
import { startServer as startTestServer, type TestServer } from '../support/server.ts';
import { build, PATIENCE, startServer, stopAll, temporaryHome } from './server-process.ts';

async function signIn(url: string, username: string, password: string) {
  const body = new URLSearchParams({ grant_type: 'password', username, password });
  const response = await fetch(`${url}/api/v1/oauth/token`, { method: 'POST', body });
  return { status: response.status, ...((await response.json()) as { error?: string; error_description?: string }) };
}

describe('an administrator who is locked out', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer({ settings: { 'lockout.max_attempts': 3 } });
  });
  afterEach(() => server.stop());

  const recover = (options: RecoverOptions = {}, environment: Record<string, string> = {}) =>
    recoverIn(options, { DATABASE_URL: server.databaseUrl, ...environment });
  const secrets = () => ({
    JWT_SECRET_KEY: server.context.settings['secrets.jwt_secret_key'] ?? '',
    JWT_REFRESH_SECRET_KEY: server.context.settings['secrets.jwt_refresh_secret_key'] ?? '',
  });
  const actions = async () =>
    (await server.context.store.admin.audit.newest({}, { limit: 50 }))
      .filter(({ actor }) => actor.type === 'system' && actor.name === 'authly recover')
      .map(({ action }) => action);

  test('gets a temporary password from the database alone, beside a server that runs, and the audit log tells of it', async () => {
    const { user } = await server.given.user({ isAdmin: true, password: 'Forgotten1!' });
    const { password, ...done } = await recover({ login: user.username });
    expect(done).toEqual({
      username: user.username,
      ended: 0,
      secondFactor: 'none',
      wasMadeAdmin: false,
      isUnlocked: false,
    });
    expect(await signIn(server.url, user.username, 'Forgotten1!')).toMatchObject({ status: 400 });
    const { user: after, passwordHash } = (await server.context.store.users.findForSignIn(user.username)) ?? {};
    expect(await server.context.passwords.verify(passwordHash ?? '', password)).toBe(true);
    expect(after?.requiresPasswordChange).toBe(true);
    expect(await actions()).toEqual(['user.password_reset']);
    expect(server.logged()).not.toContain(password);
  });

  test('is signed out everywhere: whoever holds a token of theirs keeps nothing', async () => {
    const { user } = await server.given.user({ isAdmin: true, password: 'Forgotten1!' });
    expect(await signIn(server.url, user.username, 'Forgotten1!')).toMatchObject({ status: 200 });
    expect(await recover({ login: user.username })).toMatchObject({ ended: 2 });
  });

  test('keeps the second factor unless it is given up by name', async () => {
    const { user } = await server.given.user({ isAdmin: true });
    await givenAuthenticator(server, user);
    expect(await recover({ login: user.username })).toMatchObject({ secondFactor: 'kept' });
    expect(await secondFactorOf(server.context.store, user.id)).toBeDefined();
    expect(await recover({ login: user.username, resetSecondFactor: true })).toMatchObject({ secondFactor: 'removed' });
    expect(await secondFactorOf(server.context.store, user.id)).toBeUndefined();
    expect(await actions()).toContain('user.second_factor_reset');
  });

  test('is let in at once where the secrets of the server are known, however often they guessed', async () => {
    const { user } = await server.given.user({ isAdmin: true, password: 'Forgotten1!' });
    for (let tries = 0; tries < 6; tries += 1) await signIn(server.url, user.username, `wrong-${tries}`);
    expect(await signIn(server.url, user.username, 'Forgotten1!')).toMatchObject({ status: 429 });
    const { password, isUnlocked } = await recover({ login: user.username }, secrets());
    expect(isUnlocked).toBe(true);
    const after = await signIn(server.url, user.username, password);
    expect(after.status).not.toBe(429);
    expect(after.error_description).not.toMatch(/incorrect/i);
    expect(await actions()).toContain('user.unlocked');
  });

  test('need not say their name where they are the only one; where they are not, is told the names', async () => {
    const { user: first } = await server.given.user({ isAdmin: true });
    const { user: second } = await server.given.user({ isAdmin: true });
    await expect(recover()).rejects.toThrow(
      new RegExp(`several administrators.*(?:${first.username}|${second.username})`),
    );
    const { store, clock } = server.context;
    await store.users.change(second.id, { isActive: false }, { now: clock.now() });
    const others = (await store.admin.users.page({ isAdmin: true, isActive: true }, { skip: 0, limit: 10 })).users;
    for (const other of others.filter(({ id }) => id !== first.id))
      await store.users.change(other.id, { isAdmin: false }, { now: clock.now() });
    expect(await recover()).toMatchObject({ username: first.username });
  });

  test('who is none any more becomes one by name only', async () => {
    const { user } = await server.given.user({ isAdmin: false });
    await expect(recover({ login: user.username })).rejects.toThrow('is no administrator: --make-admin');
    await expect(recover({ login: 'nobody_at_all' })).rejects.toThrow('User not found');
    expect(await recover({ login: user.username, makeAdmin: true })).toMatchObject({ wasMadeAdmin: true });
    expect(await server.context.store.users.find(user.id)).toMatchObject({ isAdmin: true, isActive: true });
  });

  test('is told what is wrong with the database', async () => {
    await expect(recoverIn({}, { AUTHLY_HOME: '/nonexistent' })).rejects.toThrow('Set DATABASE_URL');
    const secret = { ...secrets(), JWT_SECRET_KEY: 'another-key-of-another-server-0123456789' };
    const { user } = await server.given.user({ isAdmin: true });
    await expect(recover({ login: user.username }, secret)).rejects.toThrow('sealed with another JWT_SECRET_KEY');
  });
});

describe('an embedded server', () => {
  let home: Awaited<ReturnType<typeof temporaryHome>>;
  beforeAll(async () => {
    await build();
    home = await temporaryHome();
  }, 300_000);
  afterAll(async () => {
    await stopAll();
    await home.remove();
  });

  test('lets its administrator in again while it runs and while it does not, and says that a later AUTHLY_ADMIN_PASSWORD does nothing', async () => {
    const environment = { AUTHLY_HOME: home.path };
    const first = await startServer({ embedded: true }, environment);
    await first.healthy();
    const beside = await recoverIn({}, environment);
    expect(beside).toMatchObject({ username: 'admin', isUnlocked: true });
    expect(await signIn(first.url, 'admin', beside.password)).toMatchObject({ status: 200 });
    await first.stop();

    const { password } = await recoverIn({ login: 'admin' }, environment);
    const second = await startServer(
      { embedded: true },
      { ...environment, AUTHLY_ADMIN_PASSWORD: 'Another-Chosen-1!' },
    );
    await second.healthy();
    expect(await signIn(second.url, 'admin', password)).toMatchObject({ status: 200 });
    await expect
      .poll(() => second.stdout() + second.stderr(), PATIENCE)
      .toMatch(/AUTHLY_ADMIN_PASSWORD is ignored.*authly recover/);
  });
});
