import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logIn, runProgram, startTokensAsPasswords, type TokensAsPasswords } from './support/tokens-as-passwords.js';

let databases: TokensAsPasswords;
beforeAll(async () => {
  databases = await startTokensAsPasswords();
});
afterAll(() => databases?.stop());

describe('one command, and one psql', () => {
  it('lets curl count the users with a token', async () => {
    const token = await databases.token('database:read');
    const { out } = await runProgram(
      'curl',
      [
        '-s',
        `http://127.0.0.1:${databases.port}/query`,
        '-H',
        `Authorization: Bearer ${token}`,
        '--json',
        '{"query":"SELECT COUNT(*) FROM users"}',
      ],
      {},
    );
    expect(JSON.parse(out)).toMatchObject({ data: [{ count: 2 }], row_count: 1 });
  });

  it('says before psql starts that the login has not the scope', async () => {
    await logIn(databases);
    const { code, err } = await databases.command(['db', 'psql']);
    expect(code).toBe(3);
    expect(err).toContain('authly admin auth login --scope database:read --scope database:write');
  });

  it('starts psql without a password, and logs it in anew when it connects again', async () => {
    await logIn(databases, 'database:read');
    const words = ['select authly.username()', 'select count(*) from users', '\\c', 'select authly.username()'];
    const { code, out, err } = await databases.command([
      'db',
      'psql',
      '--proxy-port',
      String(databases.port),
      '--',
      '-X',
      '-At',
      ...words.flatMap((word) => ['-c', word]),
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').filter((line) => !line.startsWith('You are'))).toEqual(['admin', '2', 'admin', '']);
  });

  it('passes the exit code of psql on, and says that no proxy is there', async () => {
    const missing = await databases.command(['db', 'psql', '--proxy-port', '1', '--', '-c', 'select 1']);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('the database proxy at 127.0.0.1:1 cannot be reached');
    const wrong = await databases.command([
      'db',
      'psql',
      '--proxy-port',
      String(databases.port),
      '--',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      'selekt',
    ]);
    expect(wrong.code).toBe(1);
  });
});
