import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { administration, ADMIN_PASSWORD, logIn } from '../support/server.js';
import type { Cli } from '../support/cli.js';

/** A token store whose key lies in a keyring that this program cannot reach: a login at the desktop, the next one by ssh. */

const admin = administration();

const header = (account: string) => ({
  source: 'keyring',
  service: 'authly',
  account,
  check: 'mhTJJC9ZTyM06_ppag0HpK',
});

function storePath(cli: Cli): string {
  return join(cli.home, '.authly', 'tokens.json');
}

/** What a login and a logout at the desktop leave behind. */
function emptyStore(cli: Cli): void {
  const installId = '24df905b-5e23-4996-aeb1-39f6dc2d77ad';
  mkdirSync(join(cli.home, '.authly'), { recursive: true, mode: 0o700 });
  const file = { version: 1, install_id: installId, key: header(installId), records: {} };
  writeFileSync(storePath(cli), JSON.stringify(file), { mode: 0o600 });
}

/** A login whose key is in the keyring now. */
async function storeWithLogin(cli: Cli): Promise<string> {
  await logIn(cli);
  const file = JSON.parse(readFileSync(storePath(cli), 'utf8')) as { install_id: string; key: object };
  const text = JSON.stringify({ ...file, key: header(file.install_id) });
  writeFileSync(storePath(cli), text, { mode: 0o600 });
  return text;
}

const logInWords = ['admin', 'auth', 'login', '--username', 'admin', '--password-stdin'];
const asides = (cli: Cli) => readdirSync(join(cli.home, '.authly')).filter((name) => name.startsWith('tokens.json.'));
const ways: readonly (readonly [string, NodeJS.ProcessEnv])[] = [
  ['by the machine', {}],
  ['by AUTHLY_STORAGE=file', { AUTHLY_STORAGE: 'file' }],
  ['by a passphrase', { AUTHLY_KEYRING_PASSPHRASE: 'correct-horse-battery' }],
];

describe('a login needs no old key', () => {
  test.each(ways)('with nothing stored: a new key is made %s', async (_way, env) => {
    const cli = admin.another();
    emptyStore(cli);
    const { code, stderr } = await cli.here(logInWords, { stdin: ADMIN_PASSWORD, env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(asides(cli)).toEqual([]);
    if (Object.keys(env).length === 0)
      expect(stderr).toContain('The system keyring is not used: There is no D-Bus session');
    expect(await cli.here(['admin', 'auth', 'whoami'], { env })).toMatchObject({ code: 0 });
  });

  test.each(ways)('with logins stored: they are kept aside, and a new key is made %s', async (_way, env) => {
    const cli = admin.another();
    const before = await storeWithLogin(cli);
    const { code, stderr } = await cli.run(logInWords, { stdin: ADMIN_PASSWORD, env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [aside = '', ...others] = asides(cli);
    expect(others).toEqual([]);
    expect(aside).toMatch(/^tokens\.json\.keyring-\d+$/);
    expect(readFileSync(join(cli.home, '.authly', aside), 'utf8')).toBe(before);
    expect(stderr).toContain(aside);
    expect(await cli.here(['admin', 'auth', 'whoami'], { env })).toMatchObject({ code: 0 });
  });

  test('a login that fails leaves the stored logins where they were', async () => {
    const cli = admin.another();
    const before = await storeWithLogin(cli);
    expect(await cli.here(logInWords, { stdin: 'wrong-password' })).toMatchObject({ code: 2 });
    expect(asides(cli)).toEqual([]);
    expect(readFileSync(storePath(cli), 'utf8')).toBe(before);
  });

  test('a command that needs the old login says what helps, and that does help', async () => {
    const cli = admin.another();
    await storeWithLogin(cli);
    const { code, stderr } = await cli.here(['admin', 'client', 'list']);
    expect(code).toBe(1);
    expect(stderr).toContain('or log in again: the logins in the keyring are kept');
    await logIn(cli);
    expect(await cli.here(['admin', 'client', 'list'])).toMatchObject({ code: 0 });
  });

  test('a keyring that was asked for by name is no key file: the way out is named by its variable, and works', async () => {
    const cli = admin.another();
    const words = [...logInWords];
    const refused = await cli.here(words, { stdin: ADMIN_PASSWORD, env: { AUTHLY_STORAGE: 'keyring' } });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Set AUTHLY_STORAGE=file, or AUTHLY_KEYRING_PASSPHRASE to a passphrase.');
    for (const env of [{ AUTHLY_STORAGE: 'file' }, { AUTHLY_KEYRING_PASSPHRASE: 'correct-horse-battery' }])
      expect(await cli.here(words, { stdin: ADMIN_PASSWORD, env })).toMatchObject({ code: 0 });
  });

  test('a forgotten passphrase is no reason either', async () => {
    const cli = admin.another();
    const env = { AUTHLY_KEYRING_PASSPHRASE: 'first-passphrase' };
    expect(await cli.here(logInWords, { stdin: ADMIN_PASSWORD, env })).toMatchObject({ code: 0 });
    const without = await cli.here(['admin', 'client', 'list']);
    expect(without.stderr).toContain('AUTHLY_KEYRING_PASSPHRASE');
    expect(await cli.here(logInWords, { stdin: ADMIN_PASSWORD })).toMatchObject({ code: 0 });
    expect(asides(cli)).toMatchObject([expect.stringMatching(/^tokens\.json\.passphrase-\d+$/)]);
  });
});
