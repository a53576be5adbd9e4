import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Secret,
  StorageError,
  createTokenStore,
  type Keyring,
  type StoredRecord,
  type StoreEvent,
  type TokenStoreOptions,
} from '../../../src/index.js';

const key = 'k'.repeat(64);

function session(change: Partial<StoredRecord> = {}): StoredRecord {
  return {
    key,
    kind: 'session',
    profile: 'default',
    issuer: 'https://auth.example.com',
    clientId: 'cli',
    apiUrl: 'https://api.example.com',
    method: 'device_code',
    scopes: ['openid', 'admin:clients:read'],
    tokenType: 'Bearer',
    obtainedAt: Date.UTC(2026, 0, 1),
    expiresAt: Date.UTC(2026, 0, 1, 1),
    refreshable: true,
    status: 'active',
    secrets: { accessToken: 'the-access-token', refreshToken: 'the-refresh-token' },
    ...change,
  };
}

/** A keyring in memory: a real implementation of the port, with a switch for each way in which keyrings fail. */
function createKeyring() {
  const items = new Map<string, string>();
  const failure: { current?: StorageError } = {};
  const check = () => {
    if (failure.current) throw failure.current;
  };
  const keyring: Keyring = {
    item: (account) => ({
      get: async () => {
        check();
        return items.get(account);
      },
      set: async (value) => {
        check();
        items.set(account, value);
      },
      delete: async () => {
        check();
        items.delete(account);
      },
    }),
  };
  return { items, failure, open: async () => keyring };
}

function failing(kind: 'locked' | 'denied' | 'unavailable' | 'too_large'): StorageError {
  return new StorageError({ failure: kind, message: 'no', reason: 'no', hint: 'no' });
}

describe('the token file', () => {
  let home: string;
  let dir: string;
  let stateDir: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'authly-store-'));
    dir = join(home, 'config');
    stateDir = join(home, 'state');
  });
  const open = (options: TokenStoreOptions = {}) =>
    createTokenStore({ kind: 'file', dir, stateDir, fileName: 'tokens.json', env: { HOME: home }, ...options });
  const file = () => join(dir, 'tokens.json');
  const text = () => readFile(file(), 'utf8');

  it('gives back what it was given, from a new process too', async () => {
    await (await open()).update(key, () => session());
    expect(await (await open()).read(key)).toMatchObject(session());
  });

  it('shows the active session at the top of the file, encrypted, with the time and the address in clear', async () => {
    await (await open()).update(key, () => session());
    const top = JSON.parse(await text());
    expect(top).toMatchObject({ expires_at: '2026-01-01T01:00:00.000Z', api_url: 'https://api.example.com' });
    expect(top.access_token).toMatch(/^v1\.[\w-]+\.[\w-]+$/);
    expect(top.refresh_token).toMatch(/^v1\.[\w-]+\.[\w-]+$/);
  });

  // @rule 2.9
  it('writes no secret in clear and lets only the owner read', async () => {
    await (await open()).update(key, () =>
      session({ secrets: { clientSecret: 'the-client-secret', apiKey: 'the-api-key' } }),
    );
    expect(await text()).not.toMatch(/the-/);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(stateDir, 'key'))).mode & 0o777).toBe(0o600);
  });

  it('keeps any record whole', async () => {
    const store = await open();
    const words = fc.string({ minLength: 1, maxLength: 40 });
    const times = fc.integer({ min: 0, max: 4_102_444_800_000 });
    await fc.assert(
      fc.asyncProperty(words, words, words, times, async (name, secret, username, obtainedAt) => {
        const record = session({ key: name, username, obtainedAt, secrets: { accessToken: secret } });
        await store.update(name, () => record);
        expect(await store.read(name)).toMatchObject(record);
      }),
      { numRuns: 40 },
    );
  });

  // @rule 2.17
  it('repairs loosened permissions and says so', async () => {
    await (await open()).update(key, () => session());
    await chmod(file(), 0o644);
    const store = await open();
    const events: StoreEvent[] = [];
    store.subscribe?.((event) => events.push(event));
    await store.read(key);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(events).toMatchObject([{ type: 'storage:repaired', path: file() }]);
  });

  // @rule 2.9, 2.17
  it('lets others pass through its directory, where a database may lie below, but not look into it', async () => {
    await mkdir(dirname(file()));
    await chmod(dirname(file()), 0o755);
    await (await open()).update(key, () => session());
    expect((await stat(dirname(file()))).mode & 0o777).toBe(0o711);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('calls a damaged file damaged, leaves it alone, and can move it aside', async () => {
    const store = await open();
    await store.update(key, () => session());
    await writeFile(file(), '{"version":1,');
    await expect(store.read(key)).rejects.toMatchObject({ code: 'storage_corrupt' });
    await expect(store.update(key, () => session())).rejects.toMatchObject({ code: 'storage_corrupt' });
    expect(await text()).toBe('{"version":1,');
    const aside = await store.setAside?.();
    expect(await readFile(aside ?? '', 'utf8')).toBe('{"version":1,');
    await store.update(key, () => session());
    expect(await store.read(key)).toMatchObject(session());
  });

  // @rule 2.12
  it('never accepts a sealed value in another place', async () => {
    const store = await open();
    await store.update(key, () => session());
    await store.update('other', () => session({ key: 'other', issuer: 'https://evil.example' }));
    const parsed = JSON.parse(await text());
    parsed.records.other.refresh_token = parsed.records[key].refresh_token;
    await writeFile(file(), JSON.stringify(parsed));
    await expect(store.read('other')).rejects.toMatchObject({ code: 'storage_corrupt' });
  });

  // @rule 2.12
  it('refuses a record whose server was changed in the file', async () => {
    const store = await open();
    await store.update(key, () => session());
    await writeFile(file(), (await text()).replaceAll('https://auth.example.com', 'https://evil.example'));
    await expect(store.read(key)).rejects.toMatchObject({ code: 'storage_corrupt' });
  });

  it('survives any text in the file without crashing or losing it', async () => {
    const store = await open();
    await store.update(key, () => session());
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (content) => {
        await writeFile(file(), content);
        await expect(store.list()).rejects.toBeInstanceOf(StorageError);
        expect(await text()).toBe(content);
      }),
      { numRuns: 40 },
    );
  });

  // @rule 2.15
  it('ignores what a process left that died before the rename, and sweeps it later', async () => {
    const store = await open();
    await store.update(key, () => session());
    const debris = join(dir, 'tokens.json.1.aaaaaaaaaaaa.tmp');
    await writeFile(debris, 'half a fi');
    expect(await store.read(key)).toMatchObject(session());
    await store.update(key, () => session({ username: 'alice' }));
    expect(await readdir(dir)).toContain('tokens.json.1.aaaaaaaaaaaa.tmp');
    await utimes(debris, new Date(0), new Date(0));
    await store.update(key, () => session());
    expect(await readdir(dir)).not.toContain('tokens.json.1.aaaaaaaaaaaa.tmp');
  });

  it('writes through a symbolic link', async () => {
    const elsewhere = join(home, 'dotfiles');
    await mkdir(elsewhere);
    await (await open()).update(key, () => session());
    await rename(file(), join(elsewhere, 'tokens.json'));
    const { symlink, lstat } = await import('node:fs/promises');
    await symlink(join(elsewhere, 'tokens.json'), file());
    await (await open()).update(key, () => session({ username: 'linked' }));
    expect((await lstat(file())).isSymbolicLink()).toBe(true);
    expect(await readFile(join(elsewhere, 'tokens.json'), 'utf8')).toContain('linked');
  });

  it('says that the key is lost, not that the token is wrong', async () => {
    await (await open()).update(key, () => session());
    await rm(join(stateDir, 'key'));
    await expect((await open()).read(key)).rejects.toMatchObject({ code: 'storage_key_lost' });
    await (await open()).update('unrelated', () => undefined).catch(() => undefined);
    await writeFile(join(stateDir, 'key'), `${Buffer.alloc(32).toString('base64url')}\n`, { mode: 0o600 });
    await expect((await open()).read(key)).rejects.toMatchObject({ code: 'storage_key_lost' });
  });

  // @rule 2.14
  it('lists and deletes without the key', async () => {
    await (await open()).update(key, () => session());
    await rm(join(stateDir, 'key'));
    const store = await open();
    expect(await store.list()).toMatchObject([{ profile: 'default', status: 'active' }]);
    await store.remove?.(key);
    expect(await store.list()).toEqual([]);
  });

  it('lets many writers change it at once without losing one', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => open()));
    await Promise.all(
      stores.flatMap((store, index) =>
        [0, 1, 2].map((turn) => store.update(`${index}-${turn}`, () => session({ key: `${index}-${turn}` }))),
      ),
    );
    expect(await (await open()).list()).toHaveLength(24);
  });

  it('makes the session of the profile that was named the active one', async () => {
    const store = await open();
    await store.update(key, () => session());
    await store.update('second', () => session({ key: 'second', profile: 'prod', apiUrl: 'https://prod.example' }));
    expect(JSON.parse(await text()).api_url).toBe('https://api.example.com');
    await store.activate?.('second');
    expect(JSON.parse(await text()).api_url).toBe('https://prod.example');
  });

  describe('with a passphrase', () => {
    const passphrase = Secret.from('correct horse battery staple');

    // @rule 2.11
    it('opens with it and with no other', async () => {
      await (await open({ passphrase })).update(key, () => session());
      expect(await (await open({ passphrase })).read(key)).toMatchObject(session());
      const wrong = await open({ passphrase: Secret.from('wrong') });
      await expect(wrong.read(key)).rejects.toMatchObject({ code: 'storage_locked' });
      await expect((await open()).read(key)).rejects.toMatchObject({ code: 'storage_locked' });
    });

    it('locks a store again that was made without one', async () => {
      await (await open()).update(key, () => session());
      await (await open({ passphrase })).update('more', () => session({ key: 'more' })).catch(() => undefined);
      expect((await open({ passphrase })).describe().backend).toBe('passphrase+file');
      expect(await (await open({ passphrase })).read(key)).toMatchObject(session());
    });
  });

  describe('with a keyring', () => {
    // @rule 2.9
    it('keeps only the key there', async () => {
      const keyring = createKeyring();
      const store = await open({ kind: 'auto', keyring: keyring.open });
      await store.update(key, () => session());
      expect(store.describe()).toMatchObject({ backend: 'keyring+file', encrypted: true });
      expect(keyring.items.size).toBe(1);
      expect([...keyring.items.values()][0]).toHaveLength(43);
      expect(await (await open({ kind: 'auto', keyring: keyring.open })).read(key)).toMatchObject(session());
    });

    // @rule 1.7, 2.11
    it('falls back to a key file, and says so, when there is no keyring', async () => {
      const keyring = createKeyring();
      keyring.failure.current = failing('unavailable');
      const store = await open({ kind: 'auto', keyring: keyring.open });
      const events: StoreEvent[] = [];
      store.subscribe?.((event) => events.push(event));
      await store.update(key, () => session());
      expect(store.describe()).toMatchObject({ backend: 'keyfile+file', keyPath: join(stateDir, 'key') });
      expect(events).toMatchObject([{ type: 'storage:fallback', from: 'keyring' }]);
    });

    // @rule 2.11
    it.each(['locked', 'denied', 'unavailable', 'too_large'] as const)(
      'never falls back when the keyring was asked for and is %s',
      async (kind) => {
        const keyring = createKeyring();
        keyring.failure.current = failing(kind);
        const store = await open({ kind: 'keyring', keyring: keyring.open });
        await expect(store.update(key, () => session())).rejects.toMatchObject({ code: `storage_${kind}` });
        expect(await readdir(home)).not.toContain('state');
      },
    );

    // @rule 2.18
    it('tells a locked keyring from an emptied one', async () => {
      const keyring = createKeyring();
      await (await open({ kind: 'auto', keyring: keyring.open })).update(key, () => session());
      keyring.failure.current = failing('locked');
      await expect((await open({ kind: 'auto', keyring: keyring.open })).read(key)).rejects.toMatchObject({
        code: 'storage_locked',
      });
      keyring.failure.current = undefined;
      keyring.items.clear();
      await expect((await open({ kind: 'auto', keyring: keyring.open })).read(key)).rejects.toMatchObject({
        code: 'storage_key_lost',
      });
    });

    it('moves from the key file into the keyring when the keyring is asked for', async () => {
      await (await open()).update(key, () => session());
      const keyring = createKeyring();
      const store = await open({ kind: 'keyring', keyring: keyring.open });
      await store.update('more', () => session({ key: 'more' }));
      expect(store.describe().backend).toBe('keyring+file');
      expect(await store.read(key)).toMatchObject(session());
    });

    // @rule 2.10, 2.14
    it('asks the keyring for nothing when only metadata is wanted', async () => {
      const keyring = createKeyring();
      await (await open({ kind: 'auto', keyring: keyring.open })).update(key, () => session());
      keyring.failure.current = failing('denied');
      const store = await open({ kind: 'auto', keyring: keyring.open });
      expect(await store.list()).toHaveLength(1);
      expect(store.describe().backend).toBe('keyring+file');
    });
  });
});
