import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BackupOptions, backUpTo, restoreFrom } from '../../src/serve/backup.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('a backup', () => {
  let server: TestServer;
  let folder: string;
  let file: string;
  let empty: TestDatabase;
  beforeEach(async () => {
    [server, folder, empty] = await Promise.all([
      startServer(),
      mkdtemp(join(tmpdir(), 'authly-backup-')),
      createEmptyDatabase(),
    ]);
    file = join(folder, 'authly.backup');
  });
  afterEach(async () => {
    await server.stop();
    await Promise.all([empty.drop(), removeFolder(folder)]);
  });

  const secrets = () => ({ JWT_SECRET_KEY: server.context.settings['secrets.jwt_secret_key'] ?? '' });
  const backUp = (options: Partial<BackupOptions> = {}) =>
    backUpTo({ file, ...options }, { DATABASE_URL: server.databaseUrl, ...secrets() });
  const restore = (environment: Record<string, string> = {}, identity?: string) =>
    restoreFrom({ file, identity }, { DATABASE_URL: empty.url, ...secrets(), ...environment });

  test('taken while logins go on, and restored, is a server that knows every login that was answered before', async () => {
    const { user, password } = await server.given.user();
    const logIn = async () => {
      const form = { grant_type: 'password', username: user.username, password, scope: 'openid offline_access' };
      const answer = await server.post('/api/v1/oauth/token', form);
      return (await answer.json()) as { access_token: string; refresh_token: string };
    };
    const before = await logIn();
    const meanwhile = Promise.all(Array.from({ length: 20 }, logIn));
    await backUp();
    await meanwhile;
    const { rows, header } = await restore();
    expect(rows).toBeGreaterThan(20);
    expect(header.created_at).toMatch(/^20/);
    const { 'database.url': _, ...settings } = server.context.settings;
    const again = await startServer({
      database: { ...empty, drop: async () => undefined },
      settings,
      clock: server.clock,
    });
    try {
      const known = await again.post('/api/v1/oauth/introspect', { token: before.access_token });
      expect(await known.json()).toMatchObject({ active: true, username: user.username });
      const form = { grant_type: 'refresh_token', refresh_token: before.refresh_token };
      expect((await again.post('/api/v1/oauth/token', form)).status).toBe(200);
      expect((await again.context.audit.verify()).problems).toEqual([]);
    } finally {
      await again.stop();
    }
  });

  test('holds every row of every table that lasts', async () => {
    await server.given.user();
    await backUp();
    await restore();
    expect(await countsOf(empty.url)).toEqual(await countsOf(server.databaseUrl));
  });

  test('holds them too where a schema named like the role came after them, and passes over tables of others', async () => {
    await server.given.user();
    await withClient(server.databaseUrl, async (client) => {
      await client.query('create schema authorization current_user');
      await client.query('create table others (id int); insert into others values (1)');
    });
    await backUp();
    await restore();
    const { others: _, ...expected } = await countsOf(server.databaseUrl);
    expect(await countsOf(empty.url)).toEqual(expected);
  });

  test('shows nothing to whoever has neither key nor passphrase, and is readable by its owner only', async () => {
    const { user } = await server.given.user();
    await backUp();
    expect((await readFile(file)).includes(user.username)).toBe(false);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(restore({ AUTHLY_BACKUP_PASSPHRASE: 'another one' })).rejects.toThrow(/cannot be opened/);
    expect(await tablesOf(empty.url)).toEqual([]);
  });

  test('made for a public key is opened with the private one, by other programs as well', async () => {
    const identity = await generateX25519Identity();
    await backUp({ recipients: [await identityToRecipient(identity)] });
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect((await decrypter.decrypt(await readFile(file))).length).toBeGreaterThan(1000);
    const keys = join(folder, 'key.txt');
    await writeFile(keys, `# created: today\n${identity}\n`);
    expect((await restore({}, keys)).rows).toBeGreaterThan(0);
    await expect(backUp({ recipients: ['ssh-rsa AAAA'] })).rejects.toThrow(/no public key of age/);
  });

  test('that was cut off or changed restores nothing at all', async () => {
    await backUp();
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length - 100));
    await expect(restore()).rejects.toThrow();
    const changed = Buffer.from(whole);
    changed[changed.length - 50] = (changed.at(-50) ?? 0) ^ 1;
    await writeFile(file, changed);
    await expect(restore()).rejects.toThrow();
    const left = await countsOf(empty.url);
    expect(Object.values(left).every((count) => count === 0) || left['users'] === 0).toBe(true);
  });

  test('goes to and comes from the database that is named, whatever the environment says', async () => {
    await server.given.user();
    await backUp();
    const elsewhere = {
      DATABASE_URL: server.databaseUrl,
      AUTHLY_DATABASE_DIRECT_URL: server.databaseUrl,
      ...secrets(),
    };
    expect((await restoreFrom({ file, databaseUrl: empty.url }, elsewhere)).rows).toBeGreaterThan(0);
  });

  test('is not read into a database that has accounts', async () => {
    await server.given.user();
    await backUp();
    const restoring = restoreFrom({ file }, { DATABASE_URL: server.databaseUrl, ...secrets() });
    await expect(restoring).rejects.toThrow(/has accounts already/);
  });

  test('leaves no file behind when it fails', async () => {
    await expect(backUp({ databaseUrl: `${server.databaseUrl}_that_is_not_there` })).rejects.toThrow();
    await expect(stat(file)).rejects.toThrow(/ENOENT/);
    await expect(stat(`${file}.unfinished`)).rejects.toThrow(/ENOENT/);
  });
});

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function tablesOf(url: string): Promise<readonly string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and not relispartition and relpersistence = 'p' order by 1`,
    );
    return rows.map(({ name }) => name);
  });
}

async function countsOf(url: string): Promise<Record<string, number>> {
  const tables = await tablesOf(url);
  return withClient(url, async (client) => {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from "${table}"`);
      counts[table] = rows[0]?.n ?? 0;
    }
    return counts;
  });
}
