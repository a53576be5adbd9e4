import type { UserId } from '@authly/oauth';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bootstrap } from '../../src/bootstrap/bootstrap.ts';
import { SEED_PASSWORD } from '../../src/bootstrap/people.ts';
import { type Composed, compose } from '../../src/compose.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { KeyPair } from '../../src/platform/signing/key-pair.ts';
import { createFirstKeys } from '../../src/platform/signing/signer.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { testSettings } from '../support/settings.ts';

let database: TestDatabase;
let open: Composed[];
let firstKeys: readonly KeyPair[];

beforeAll(async () => {
  firstKeys = await createFirstKeys();
});
beforeEach(async () => {
  database = await createTestDatabase();
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((composed) => composed.close()));
  await database.drop();
});

/** The servers of one installation have the same secrets. */
const SECRETS = {
  'secrets.jwt_secret_key': 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
  'secrets.jwt_refresh_secret_key': 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
} as const;

async function composed(settings: Partial<Settings> = {}): Promise<Composed> {
  const all = testSettings(database.url, 8000, {
    ...SECRETS,
    'bootstrap.enabled': true,
    'bootstrap.admin_password': undefined,
    ...settings,
  });
  const made = await compose(all, { firstKeys: () => Promise.resolve(firstKeys) });
  open.push(made);
  return made;
}

const SEED = { seed: { demoSecret: 'cs_the-secret-of-this-data-directory' } };

async function signsIn({ context }: Composed, username: string, password: string): Promise<boolean> {
  const found = await context.store.users.findForSignIn(username);
  return found !== undefined && context.passwords.verify(found.passwordHash, password);
}

describe('the first start', () => {
  test('makes the scopes, an administrator with a made-up password, and our own client', async () => {
    const it = await composed();
    const { administrator, accounts, demo } = await bootstrap({}, it.context);
    expect(administrator).toMatchObject({ username: 'admin', outcome: 'created' });
    expect(await accounts()).toEqual([{ username: 'admin', password: administrator?.generatedPassword }]);
    expect(demo).toBeUndefined();
    expect(await signsIn(it, 'admin', administrator?.generatedPassword ?? '')).toBe(true);
    const { user } = (await it.context.store.users.findForSignIn('admin')) ?? {};
    expect(user).toMatchObject({ isAdmin: true, isActive: true, isVerified: true, requiresPasswordChange: true });

    const scopes = await it.context.directory.scopes();
    for (const name of ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'read', 'write', 'admin']) {
      expect(scopes.get(name)?.isActive).toBe(true);
    }
    expect([...scopes.values()].filter((scope) => scope.isDefault).map((scope) => scope.name)).toEqual(['profile']);
    expect([...scopes.keys()].filter((name) => name.startsWith('admin:'))).toHaveLength(10);
    for (const scope of scopes.values()) expect(scope.description).toMatch(/^[A-Z].*\.$/);

    expect(await it.context.directory.client('authly')).toMatchObject({
      type: 'public',
      isSystem: true,
      isFirstParty: true,
      authMethod: 'none',
      redirectUris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
    });
  });

  test('leaves a record of the administrator, without the password', async () => {
    const it = await composed();
    const { administrator } = await bootstrap({}, it.context);
    const [event] = await it.context.store.admin.audit.newest({ action: 'user.created' }, { limit: 10 });
    expect(event).toMatchObject({ actor: { type: 'system' }, details: { username: 'admin', is_admin: true } });
    expect(JSON.stringify(event)).not.toContain(administrator?.generatedPassword);
  });

  test('with a chosen password makes up none, and asks for a change unless in development', async () => {
    const it = await composed({ 'bootstrap.admin_password': 'chosen by the operator 1A' });
    const { administrator, accounts } = await bootstrap({}, it.context);
    expect(administrator).toMatchObject({ outcome: 'created' });
    expect(await accounts()).toEqual([]);
    expect(await signsIn(it, 'admin', 'chosen by the operator 1A')).toBe(true);
    const { user } = (await it.context.store.users.findForSignIn('admin')) ?? {};
    expect(user?.requiresPasswordChange).toBe(true);
  });

  test('in development takes a chosen password as it is', async () => {
    const it = await composed({ 'bootstrap.admin_password': 'chosen 1A!', 'bootstrap.dev_mode': true });
    await bootstrap({}, it.context);
    const { user } = (await it.context.store.users.findForSignIn('admin')) ?? {};
    expect(user?.requiresPasswordChange).toBe(false);
  });

  test('makes nothing when it is switched off', async () => {
    const it = await composed({ 'bootstrap.enabled': false });
    const { accounts, ...rest } = await bootstrap({}, it.context);
    expect(rest).toEqual({});
    expect(await accounts()).toEqual([]);
    expect(await it.context.store.scopes.all()).toEqual([]);
  });

  // @attack first administrator race (Pocket ID ca28ddc)
  test('of six servers at once makes one of everything, and one of them knows the password', async () => {
    const servers = await Promise.all(Array.from({ length: 6 }, () => composed()));
    const results = await Promise.all(servers.map((it) => bootstrap({}, it.context)));
    const passwords = results.flatMap((result) => result.administrator?.generatedPassword ?? []);
    expect(passwords).toHaveLength(1);
    const [it] = servers;
    expect(it && (await signsIn(it, 'admin', passwords[0] ?? ''))).toBe(true);
    const names = (await it?.context.store.scopes.all())?.map((scope) => scope.name) ?? [];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a later start', () => {
  test('changes nothing that an administrator changed', async () => {
    const it = await composed();
    await bootstrap({}, it.context);
    const { store, clock } = it.context;
    const options = { now: clock.now() };
    await store.scopes.change('read', { description: 'Read your notes.', isActive: false }, options);
    const before = await store.scopes.all();
    await bootstrap({}, it.context);
    expect(await store.scopes.all()).toEqual(before);
  });

  test('does not bring back an administrator who has another name now', async () => {
    const it = await composed();
    await bootstrap({}, it.context);
    const { store, clock } = it.context;
    const { user } = (await store.users.findForSignIn('admin')) ?? {};
    if (user === undefined) throw new Error('there is no administrator');
    await store.users.change(user.id, { username: 'alice' }, { now: clock.now() });
    const { administrator, accounts } = await bootstrap({}, it.context);
    expect(administrator).toMatchObject({ outcome: 'not-asked' });
    expect(await accounts()).toEqual([]);
    expect(await store.users.findForSignIn('admin')).toBeUndefined();
  });

  // @attack first administrator race (Pocket ID ca28ddc)
  // orig bootstrap/admin_seeding.py:110: whoever registered the name early became administrator.
  test('never makes an administrator of someone who has the name already', async () => {
    const it = await composed({ 'bootstrap.admin_password': 'chosen by the operator 1A' });
    const { store, clock, random, passwords } = it.context;
    await store.users.add({
      id: random.uuid() as UserId,
      username: 'Admin',
      email: 'early@example.org',
      passwordHash: await passwords.hash('their own password'),
      isActive: true,
      isVerified: true,
      isAdmin: false,
      requiresPasswordChange: false,
      profile: {},
      createdAt: clock.now(),
    });
    expect(await bootstrap({}, it.context)).toMatchObject({ administrator: { outcome: 'present' } });
    const found = await store.users.findForSignIn('admin');
    expect(found?.user).toMatchObject({ isAdmin: false, username: 'Admin' });
    expect(await signsIn(it, 'admin', 'their own password')).toBe(true);
  });
});

describe('seeds', () => {
  test('are two accounts with a known password and a client with the secret of the data directory', async () => {
    const it = await composed();
    const result = await bootstrap(SEED, it.context);
    expect(await result.accounts()).toEqual([
      { username: 'admin', password: SEED_PASSWORD },
      { username: 'user1', password: SEED_PASSWORD },
    ]);
    expect(result.demo).toEqual({ clientId: 'demo', secret: SEED.seed.demoSecret });
    const { user } = (await it.context.store.users.findForSignIn('user1')) ?? {};
    expect(user).toMatchObject({ isAdmin: false, isVerified: true, requiresPasswordChange: false });
    const demo = await it.context.store.clients.find('demo');
    expect(demo?.secrets.map((secret) => secret.hash)).toEqual([it.context.hashing.tokenHash(SEED.seed.demoSecret)]);
  });

  test('show only what still works', async () => {
    const it = await composed();
    await bootstrap(SEED, it.context);
    const { store, passwords, clock } = it.context;
    const { user } = (await store.users.findForSignIn('user1')) ?? {};
    if (user === undefined) throw new Error('there is no user1');
    await store.users.setPassword(user.id, await passwords.hash('changed since 1A!'), { now: clock.now() });
    const { accounts } = await bootstrap(SEED, it.context);
    expect((await accounts()).map((account) => account.username)).toEqual(['admin']);
    expect(await signsIn(it, 'user1', 'changed since 1A!')).toBe(true);
  });

  test('give the demo client the secret of a new data directory', async () => {
    const it = await composed();
    await bootstrap(SEED, it.context);
    await bootstrap(SEED, it.context);
    const { store, hashing } = it.context;
    expect((await store.clients.find('demo'))?.secrets).toHaveLength(1);
    await bootstrap({ seed: { demoSecret: 'cs_another' } }, it.context);
    const hashes = (await store.clients.find('demo'))?.secrets.map((secret) => secret.hash);
    expect(hashes).toContain(hashing.tokenHash('cs_another'));
  });
});
