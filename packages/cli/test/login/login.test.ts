import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { administration, ADMIN_PASSWORD, logIn } from '../support/server.js';
import { terminals } from '../support/pty.js';

const admin = administration();
const { cli } = admin;
const open = terminals(cli);
const tokenFile = (home: string) => join(home, '.authly/tokens.json');

describe('a login', () => {
  test('leaves neither password nor token where others could read them', async () => {
    const words = ['admin', 'auth', 'login', '-u', 'admin', '--password-stdin', '--verbose'];
    const { stdout, stderr } = await cli.run(words, {
      stdin: ADMIN_PASSWORD,
      env: { AUTHLY_DEBUG_HTTP: '1', AUTHLY_LOG_LEVEL: 'DEBUG' },
    });
    expect(`${stdout}${stderr}`).not.toMatch(/Test123|eyJ/);
    expect(stderr).toContain('HTTP > POST');
    expect(readFileSync(tokenFile(cli.home), 'utf8')).not.toMatch(/eyJ|Test123/);
  });

  test('with a wrong password says so, keeps what was there, and ends with 2', async () => {
    await logIn(cli);
    const before = readFileSync(tokenFile(cli.home), 'utf8');
    const { code, stderr } = await cli.run(['admin', 'auth', 'login', '-u', 'admin', '--password-stdin'], {
      stdin: 'nope',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('Incorrect username or password');
    expect(JSON.parse(readFileSync(tokenFile(cli.home), 'utf8'))).toMatchObject({
      access_token: (JSON.parse(before) as Record<string, string>)['access_token'],
    });
    expect((await cli.run(['admin', 'auth', 'whoami'])).code).toBe(0);
  });

  // @rule 1.10
  test('that somebody gives up with Ctrl-C ends with 130 and leaves no login', async () => {
    const other = admin.another();
    const screen = open('authly admin auth login', { env: other.env });
    await screen.shows(/Username:$/);
    screen.key('C-c');
    const { code } = await screen.ends();
    expect(code).toBe(130);
    expect((await other.run(['admin', 'auth', 'whoami'])).code).toBe(2);
  });

  // @rule 1.43
  test('corrects typing and shows nothing of the password', async () => {
    const other = admin.another();
    const screen = open('authly admin auth login', { env: other.env });
    await screen.shows(/Username:$/);
    screen.type('admim');
    screen.key('BSpace');
    screen.type('n');
    screen.enter();
    await screen.shows(/Password:$/);
    screen.type(`${ADMIN_PASSWORD}x`);
    screen.key('BSpace');
    expect(await screen.shows(/Password:$/)).not.toContain('Test');
    screen.enter();
    const { code, text } = await screen.ends();
    expect(code).toBe(0);
    expect(text).toContain('Successfully logged in as admin');
  });

  test('is never asked for by a command that needs one', async () => {
    const other = admin.another();
    const { code, text } = await open('authly admin client list', { env: other.env }).ends();
    expect(code).toBe(2);
    expect(text).toContain('Log in with: authly admin auth login');
  });

  test('of somebody who is no administrator warns that it is of no use here', async () => {
    const { user, password } = await admin.server().given.user();
    const other = admin.another();
    const { stderr, code } = await other.run(['admin', 'auth', 'login', '-u', user.username, '--password-stdin'], {
      stdin: password,
    });
    expect(`${code} ${stderr}`).toMatch(/administrator|scope/);
  });
});

describe('several servers', () => {
  test('are named by every login, and the one that later commands go to is no surprise', async () => {
    const other = admin.another();
    const local = admin.url().replace('127.0.0.1', 'localhost');
    const words = ['admin', 'auth', 'login', '--username', 'admin', '--password-stdin', '--api-url', local];
    const { code, stderr } = await other.here(words, { stdin: ADMIN_PASSWORD });
    expect([code, stderr]).toEqual([0, expect.stringContaining(`Server: ${local}\nLater commands go there too`)]);
    // By the other name of this computer it is the same server, with the same login.
    for (const url of [local, admin.url()])
      expect(await other.here(['admin', 'client', 'list', '--api-url', url])).toMatchObject({ code: 0 });
  });

  // @rule 2.12
  test('have a login each, and a token never goes to another server than the one that issued it', async () => {
    const other = admin.another();
    await logIn(other);
    const elsewhere = 'http://127.0.0.1:9';
    const moved = await other.run(['admin', 'client', 'list'], { env: { AUTHLY_API_URL: elsewhere } });
    expect([moved.code, moved.stderr.includes('There is no login for http://127.0.0.1:9')]).toEqual([2, true]);
    const { profiles } = await other.json<{ profiles: { name: string; active: boolean; api_url: string }[] }>([
      'admin',
      'auth',
      'list',
    ]);
    expect(profiles).toMatchObject([{ active: true, api_url: admin.url() }]);
    const name = profiles[0]?.name ?? '';
    const named = await other.run(['admin', 'client', 'list', '--profile', name, '--api-url', elsewhere]);
    expect([named.code, named.stderr.includes('its token is not sent to')]).toEqual([2, true]);
  });

  test('the last login decides where a command goes when nobody says', async () => {
    const other = admin.another();
    await logIn(other);
    const info = await other.json<{ api_url: string; settings: Record<string, { source: string }> }>(
      ['admin', 'auth', 'info'],
      { env: { AUTHLY_API_URL: '' } },
    );
    expect(info.api_url).toBe(admin.url());
    expect(info.settings['api.url']?.source).toMatch(/^login /);
    expect((await other.run(['admin', 'client', 'list'], { env: { AUTHLY_API_URL: '' } })).code).toBe(0);
  });
});

describe('a token from the environment', () => {
  test('comes before a login, says so, and is not stored', async () => {
    await logIn(cli);
    const token = (await cli.run(['admin', 'auth', 'token'])).stdout.trim();
    expect(token).toMatch(/^eyJ/);
    const other = admin.another();
    expect((await other.run(['admin', 'client', 'list'], { env: { AUTHLY_TOKEN: token } })).code).toBe(0);
    const state = await other.json<{ source: string }>(['admin', 'auth', 'whoami'], { env: { AUTHLY_TOKEN: token } });
    expect(state.source).toBe('AUTHLY_TOKEN');
    expect((await other.run(['admin', 'client', 'list'])).code).toBe(2);
  });

  test('may be an API key', async () => {
    await logIn(cli);
    const words = ['admin', 'apikey', 'create', '--name', 'ci', '--scope', 'admin:clients:read'];
    const { api_key: key } = await cli.json<{ api_key: string }>(words);
    const other = admin.another();
    expect((await other.run(['admin', 'client', 'list'], { env: { AUTHLY_API_KEY: key } })).code).toBe(0);
    expect((await other.run(['admin', 'scope', 'list'], { env: { AUTHLY_API_KEY: key } })).code).toBe(3);
  });

  // @rule 1.50
  test('is there for one command with exec, which ends as that command ends', async () => {
    await logIn(cli);
    const { code, stdout } = await cli.run([
      'admin',
      'auth',
      'exec',
      '--',
      'sh',
      '-c',
      'echo "$AUTHLY_ACCESS_TOKEN" | cut -c1-3; exit 7',
    ]);
    expect([code, stdout]).toEqual([7, 'eyJ\n']);
  });
});

/** How many refresh tokens were exchanged so far, by the audit log. */
async function rotations(): Promise<number> {
  const words = ['admin', 'audit', 'list', '--action', 'token.refreshed', '--limit', '1000'];
  return (await cli.json<{ events: unknown[] }>(words)).events.length;
}

describe('a login that is old', () => {
  // @rule 2.5
  test('is refreshed before it ends; twenty commands at once make one rotation', async () => {
    const other = admin.another();
    await logIn(other);
    const file = JSON.parse(readFileSync(tokenFile(other.home), 'utf8')) as {
      records: Record<string, { expires_at?: string; refresh_after?: string }>;
    };
    for (const record of Object.values(file.records)) {
      record.expires_at = new Date(Date.now() + 1000).toISOString();
      record.refresh_after = new Date(Date.now() - 1000).toISOString();
    }
    writeFileSync(tokenFile(other.home), JSON.stringify(file), { mode: 0o600 });
    await logIn(cli);
    const before = await rotations();
    const logged = admin.server().logged();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => other.run(['admin', 'client', 'list'])));
    expect(outcomes.map(({ code }) => code)).toEqual(Array.from({ length: 20 }, () => 0));
    expect(await rotations()).toBe(before + 1);
    expect(admin.server().logged().slice(logged.length)).not.toMatch(/reuse/);
    expect((await other.run(['admin', 'auth', 'whoami'])).code).toBe(0);
  }, 120_000);

  test('is not refreshed by itself when the settings say so', async () => {
    const other = admin.another();
    await logIn(other);
    const file = JSON.parse(readFileSync(tokenFile(other.home), 'utf8')) as {
      records: Record<string, { expires_at?: string }>;
    };
    for (const record of Object.values(file.records)) record.expires_at = new Date(Date.now() - 1000).toISOString();
    writeFileSync(tokenFile(other.home), JSON.stringify(file), { mode: 0o600 });
    const env = { AUTHLY_AUTO_REFRESH: 'false' };
    expect((await other.run(['admin', 'client', 'list'], { env })).stderr).toContain('authly admin auth refresh');
    expect((await other.run(['admin', 'auth', 'refresh'], { env })).code).toBe(0);
    expect((await other.run(['admin', 'client', 'list'], { env })).code).toBe(0);
  });

  test('that the server has ended is told with the way back, and the rest is kept', async () => {
    const other = admin.another();
    await logIn(other);
    await logIn(cli);
    const { users } = await cli.json<{ users: { id: string }[] }>(['admin', 'user', 'list', '--username', 'admin']);
    await cli.json(['admin', 'user', 'revoke-sessions', users[0]?.id ?? '', '--confirm']);
    const { code, stderr } = await other.run(['admin', 'client', 'list']);
    expect(code).toBe(2);
    expect(stderr).toContain('authly admin auth login');
    expect(statSync(tokenFile(other.home)).isFile()).toBe(true);
  });
});

describe('logging out', () => {
  // @rule 1.44
  test('ends the tokens on the server too', async () => {
    const other = admin.another();
    await logIn(other);
    const token = (await other.run(['admin', 'auth', 'token'])).stdout.trim();
    expect((await other.run(['admin', 'auth', 'logout'])).code).toBe(0);
    const answer = await fetch(`${admin.url()}/api/v1/users/me`, { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
    expect((await other.run(['admin', 'auth', 'logout'])).stdout).toContain('Already logged out');
  });
});
