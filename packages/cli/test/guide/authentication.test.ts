import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { terminals } from '../support/pty.js';
import { ADMIN_PASSWORD, administration } from '../support/server.js';

/** The CLI guide as it is written: only `python -m authly` has become `authly`. */

const admin = administration();
const { cli } = admin;
const open = terminals(cli);
const lines = (text: string) => text.trimEnd().split('\n');

describe('Authentication', () => {
  test('interactive login', async () => {
    const screen = open('authly admin auth login', { env: { AUTHLY_HOME: undefined } });
    await screen.shows(/Username:$/);
    screen.type('admin');
    screen.enter();
    await screen.shows(/Password:$/);
    screen.type(ADMIN_PASSWORD);
    screen.enter();
    const { code, text } = await screen.ends();
    expect(code).toBe(0);
    expect(text).not.toContain(ADMIN_PASSWORD);
    // Where there is no keyring, that is said before; how it is wrapped depends on the width.
    const told = lines(text.slice(text.indexOf('Username:')));
    expect(told).toEqual([
      'Username: admin',
      'Password: [hidden]',
      '✓ Successfully logged in as admin',
      'Token stored securely in ~/.authly/tokens.json',
    ]);
  });

  // @rule 1.43
  test('non-interactive login (CI/CD environments only)', async () => {
    const outcome = await cli.shell('authly admin auth login --username admin --password "$ADMIN_PASSWORD"', {
      env: { ADMIN_PASSWORD },
    });
    expect(outcome.code).toBe(0);
    expect(lines(outcome.stdout)[0]).toBe('✓ Successfully logged in as admin');
    expect(outcome.stderr).toContain('--password-stdin');
  });

  test('login with another API URL, and with the tokens shown', async () => {
    const words = [
      'admin',
      'auth',
      'login',
      '--username',
      'admin',
      '--password-stdin',
      '--api-url',
      admin.url(),
      '--show-token',
    ];
    const { stdout } = await cli.run(words, { stdin: `${ADMIN_PASSWORD}\n` });
    expect(lines(stdout)[0]).toBe('✓ Successfully logged in as admin');
    expect(lines(stdout)[1]).toMatch(/^ {3}Access token: eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(lines(stdout)[2]).toMatch(/^ {3}Refresh token: \S{20,}$/);
  });

  // @rule 1.45
  test('whoami', async () => {
    const { stdout, code } = await cli.run(['admin', 'auth', 'whoami']);
    expect(code).toBe(0);
    const [who, expires, scopes] = lines(stdout);
    expect(who).toBe('✓ Authenticated as: admin');
    expect(expires).toMatch(/^✓ Token expires: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    expect(scopes).toMatch(/^✓ Scopes: admin:clients:read, admin:clients:write, admin:scopes:read, admin:scopes:write/);
  });

  // @rule 1.47
  test('refresh', async () => {
    const { stdout, code } = await cli.run(['admin', 'auth', 'refresh']);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      '✓ Token refreshed successfully',
      expect.stringMatching(/^New expiration: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/),
      'Token verified - authentication active',
    ]);
  });

  // @rule 1.49
  test('info', async () => {
    const env = {
      DATABASE_URL: 'postgresql://x',
      JWT_SECRET_KEY: 'very-secret',
      JWT_REFRESH_SECRET_KEY: 'also-secret',
    };
    const { stdout, code } = await cli.run(['admin', 'auth', 'info'], { env });
    expect(code).toBe(0);
    const home = join(cli.home, '.authly');
    expect(lines(stdout).slice(0, 21)).toEqual([
      'Authly Configuration Information',
      '='.repeat(50),
      `Configuration directory: ${home}`,
      `Token file: ${home}/tokens.json`,
      'Token file exists: True',
      '',
      'API Configuration:',
      `  API URL: ${admin.url()}`,
      '  Admin API enabled: true',
      '',
      'Environment:',
      '  AUTHLY_MODE: cli',
      '  DATABASE_URL: set',
      '  JWT_SECRET_KEY: set',
      '  JWT_REFRESH_SECRET_KEY: set',
      '',
      'Version Information:',
      expect.stringMatching(/^ {2}Authly version: \d+\.\d+\.\d+$/),
      '',
      'Authentication Status:',
      '  Status: Authenticated',
    ]);
    expect(stdout).toMatch(/^ {2}Token expires: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m);
    expect(stdout).not.toMatch(/very-secret|also-secret|postgresql:/);
  });

  test('status, and with --verbose', async () => {
    const { stdout, code } = await cli.run(['admin', 'auth', 'status']);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      '✓ API Health: healthy',
      `API URL: ${admin.url()}`,
      '✓ Authentication: Logged in',
      'Database: Connected',
      expect.stringMatching(/^OAuth clients: \d+$/),
      expect.stringMatching(/^OAuth scopes: \d+$/),
    ]);
    expect((await cli.run(['admin', 'auth', 'status', '--verbose'])).stdout).toMatch(/Token expires: /);
    expect((await cli.run(['admin', 'auth', 'status', '-v'])).stdout).toMatch(/Scopes: admin:clients:read/);
  });

  test('logout', async () => {
    const other = admin.another();
    await other.run(['admin', 'auth', 'login', '-u', 'admin', '--password-stdin'], { stdin: ADMIN_PASSWORD });
    const { stdout, code } = await other.run(['admin', 'auth', 'logout'], {
      env: { AUTHLY_HOME: join(other.home, '.authly') },
    });
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual(['✓ Successfully logged out', 'Tokens cleared from ~/.authly/tokens.json']);
    expect((await other.run(['admin', 'auth', 'whoami'])).code).toBe(2);
  });
});
