import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Cli } from '../support/cli.js';
import { terminals } from '../support/pty.js';
import { administration, ADMIN_PASSWORD, logIn } from '../support/server.js';
import { createAgent } from '../../../server/test/support/agent.js';

/** The commands around a login, against a real server: token, refresh, list, switch, exec, logout, and the login in two steps. */

const admin = administration();
const open = terminals(admin.cli);

/** A command on another computer, logged in. */
async function loggedIn(): Promise<Cli> {
  const cli = admin.another();
  await logIn(cli);
  return cli;
}

async function introspect(token: string): Promise<{ active: boolean; scope?: string }> {
  const answer = await admin.server().post('/api/v1/oauth/introspect', { token });
  return (await answer.json()) as { active: boolean };
}

async function approve(pending: { verification_uri: string; user_code: string }, decision = 'allow'): Promise<void> {
  const agent = createAgent(admin.url());
  const login = await agent.follow(await agent.get(pending.verification_uri));
  const entry = await agent.submit(login, 'login-form', { username: 'admin', password: ADMIN_PASSWORD });
  const question = await agent.submit(entry, 'device-form', { user_code: pending.user_code });
  await agent.submit(question, 'device-confirm-form', { decision });
}

describe('auth token', () => {
  // @rule 1.46
  test('prints the token alone, and with --output json what belongs to it', async () => {
    const cli = await loggedIn();
    const plain = await cli.run(['admin', 'auth', 'token']);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(await introspect(plain.stdout.trim())).toMatchObject({ active: true });
    const json = await cli.json(['admin', 'auth', 'token']);
    expect(json).toMatchObject({ access_token: plain.stdout.trim(), token_type: 'Bearer' });
    expect(String(json['expires_at'])).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    expect(json['scopes']).toContain('admin:clients:read');
  });

  // @rule 1.46
  test('gets a new one with --refresh, and when the present one is not good for long enough', async () => {
    const cli = await loggedIn();
    const token = async (...words: string[]) => (await cli.run(['admin', 'auth', 'token', ...words])).stdout.trim();
    const first = await token();
    expect(await token('--min-ttl', '3000')).toBe(first);
    const second = await token('--refresh');
    expect(second).not.toBe(first);
    expect(await token()).toBe(second);
    const third = await token('--min-ttl', '3601');
    expect(third).not.toBe(second);
    expect(await introspect(third)).toMatchObject({ active: true });
  });

  test('of nobody is an error with the way in, and nothing on stdout', async () => {
    const outcome = await admin.another().run(['admin', 'auth', 'token']);
    expect([outcome.code, outcome.stdout]).toEqual([2, '']);
    expect(outcome.stderr).toContain('AUTHLY_TOKEN');
  });
});

describe('auth refresh', () => {
  // @rule 1.47
  test('rotates both tokens at once', async () => {
    const cli = await loggedIn();
    const before = await introspectable(cli);
    const { code, stdout } = await cli.run(['admin', 'auth', 'refresh']);
    expect([code, stdout.split('\n')[0]]).toEqual([0, '✓ Token refreshed successfully']);
    expect(await introspectable(cli)).not.toBe(before);
  });
});

const introspectable = async (cli: Cli): Promise<string> => (await cli.run(['admin', 'auth', 'token'])).stdout.trim();

describe('auth list and auth switch', () => {
  // @rule 1.48
  test('show every login and choose one, which all commands then use', async () => {
    const { user, password } = await admin.server().given.user({ isAdmin: true });
    const cli = await loggedIn();
    const second = { AUTHLY_PROFILE: 'second' };
    const words = ['admin', 'auth', 'login', '-u', user.username, '--password-stdin'];
    expect((await cli.run(words, { stdin: password, env: second })).code).toBe(0);
    const { profiles, total } = await cli.json<{ profiles: Record<string, unknown>[]; total: number }>([
      'admin',
      'auth',
      'list',
    ]);
    expect(total).toBe(2);
    expect(profiles.map(({ username, active, logged_in }) => [username, active, logged_in]).sort()).toEqual([
      ['admin', false, true],
      [user.username, true, true],
    ]);
    const own = String(profiles.find(({ username }) => username === 'admin')?.['name']);
    expect(await cli.json(['admin', 'auth', 'switch', own])).toMatchObject({ name: own, username: 'admin' });
    expect(await cli.json(['admin', 'auth', 'whoami'])).toMatchObject({ username: 'admin', profile: own });
    await cli.run(['admin', 'auth', 'switch', 'second']);
    expect(await cli.json(['admin', 'auth', 'whoami'])).toMatchObject({ username: user.username });
    expect((await cli.run(['admin', 'auth', 'switch', 'third'])).code).toBe(4);
    const table = await cli.run(['admin', 'auth', 'list']);
    expect(table.stdout.split('\n').filter((line) => line.includes('\t'))).toHaveLength(2);
  });
});

describe('auth exec', () => {
  // @rule 1.50
  test('gives the token to that command alone, with the address, and keeps its arguments', async () => {
    const cli = await loggedIn();
    const script = 'printf "%s %s %s" "$AUTHLY_API_URL" "$1" "$(printf %s "$AUTHLY_ACCESS_TOKEN" | head -c 3)"';
    const words = ['admin', 'auth', 'exec', '--', 'sh', '-c', script, 'sh', '--output'];
    const { code, stdout, stderr } = await cli.run(words);
    expect([code, stdout, stderr]).toEqual([0, `${admin.url()} --output eyJ`, '']);
    const seen = await cli.shell('authly admin auth exec -- true; printf "[%s]" "$AUTHLY_ACCESS_TOKEN"');
    expect(seen.stdout).toBe('[]');
    const parents = await cli.run(['admin', 'auth', 'exec', '--', 'sh', '-c', 'tr "\\0" " " < /proc/$PPID/cmdline']);
    expect(parents.stdout).not.toContain('eyJ');
  });

  // @rule 1.50
  test('ends as the command ends: its code, its signal, or 5 when it is not there', async () => {
    const cli = await loggedIn();
    const exec = async (...words: string[]) => (await cli.run(['admin', 'auth', 'exec', '--', ...words])).code;
    expect(await exec('sh', '-c', 'exit 3')).toBe(3);
    expect(await exec('sh', '-c', 'kill -TERM $$')).toBe(143);
    expect(await exec('/no/such/program')).toBe(5);
  });

  test('starts nothing for nobody', async () => {
    const cli = admin.another();
    const mark = join(cli.home, 'started');
    expect((await cli.run(['admin', 'auth', 'exec', '--', 'touch', mark])).code).toBe(2);
    expect(existsSync(mark)).toBe(false);
  });
});

describe('a login in two steps', () => {
  interface Pending {
    readonly id: string;
    readonly user_code: string;
    readonly verification_uri: string;
    readonly verification_uri_complete: string;
    readonly next_step: string;
  }

  // @rule 1.15
  test('is started by one process, approved anywhere, and finished by the command that was printed', async () => {
    const cli = admin.another();
    const started = await cli.run(['admin', 'auth', 'login', '--no-wait'], { env: { CI: 'true' } });
    expect(started.code).toBe(0);
    const pending = JSON.parse(started.stdout) as Pending;
    expect(pending).toMatchObject({
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `${admin.url()}/device`,
      verification_uri_complete: `${admin.url()}/device?user_code=${pending.user_code}`,
      next_step: `authly admin auth login --continue ${pending.id}`,
    });
    expect(readFileSync(join(cli.home, '.authly/tokens.json'), 'utf8')).not.toContain(pending.user_code);
    await approve(pending);
    const finished = await cli.shell(pending.next_step);
    expect([finished.code, finished.stdout.split('\n')[0]]).toEqual([0, '✓ Successfully logged in as admin']);
    expect(await cli.json(['admin', 'auth', 'whoami'])).toMatchObject({ method: 'device_code', username: 'admin' });
    expect((await cli.run(['admin', 'client', 'list'])).code).toBe(0);
    const again = await cli.run(['admin', 'auth', 'login', '--continue', pending.id]);
    expect([again.code, again.stderr.includes('no such pending login')]).toEqual([5, true]);
  });

  test('that the person denies is told as that, and leaves no login', async () => {
    const cli = admin.another();
    const pending = JSON.parse((await cli.run(['admin', 'auth', 'login', '--no-wait'])).stdout) as Pending;
    await approve(pending, 'deny');
    const refused = await cli.run(['admin', 'auth', 'login', '--continue', pending.id]);
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect((await cli.run(['admin', 'auth', 'token'])).code).toBe(2);
  });

  test('asks for the scopes that were named', async () => {
    const cli = admin.another();
    const words = ['admin', 'auth', 'login', '--no-wait', '--scope', 'admin:clients:read'];
    const pending = JSON.parse((await cli.run(words)).stdout) as Pending;
    await approve(pending);
    const login = await cli.json<{ scopes: string[] }>(['admin', 'auth', 'login', '--continue', pending.id]);
    expect(login.scopes.filter((scope) => scope.startsWith('admin:'))).toEqual(['admin:clients:read']);
    expect((await cli.run(['admin', 'scope', 'list'])).code).toBe(3);
  });
});

describe('auth login --method', () => {
  // @rule 1.12, 1.13, 1.14
  test.each(
    ['auto', 'browser', 'device'].flatMap((method) =>
      [{}, { CI: 'true' }, { CLAUDECODE: '1' }, { AUTHLY_NO_INPUT: '1' }].map(
        (variables) => [method, variables] as const,
      ),
    ),
  )('%s fails at once where nobody is there, opens nothing, and names what works: %o', async (method, variables) => {
    const cli = admin.another();
    const mark = join(cli.home, 'opened');
    const env = { AUTHLY_BROWSER: `touch ${mark}`, DISPLAY: ':0', ...variables };
    const outcome = await cli.run(['admin', 'auth', 'login', '--method', method], { env, stdin: 'y\n' });
    expect([outcome.code, outcome.stdout]).toEqual([2, '']);
    expect(outcome.stderr).toContain('AUTHLY_API_KEY');
    expect(outcome.stderr).toContain('--no-wait');
    expect(outcome.took).toBeLessThan(5_000);
    expect(existsSync(mark)).toBe(false);
  });

  // @rule 1.12, 1.13
  test('asks nobody at a terminal that another program drives', async () => {
    const env = { ...admin.another().env, CLAUDECODE: '1' };
    const { code, text } = await open('authly admin auth login --method device', { env }).ends();
    expect([code, text.includes('Your code:')]).toEqual([2, false]);
    expect(text).toContain('CLAUDECODE');
  });

  // @rule 1.16, 1.42
  test('auto shows a code to a person who is far from a browser, and Ctrl-C ends it', async () => {
    const screen = open('authly admin auth login --method auto', {
      env: { ...admin.another().env, SSH_CONNECTION: 'x' },
    });
    expect(await screen.shows(/The code is good for/)).toMatch(
      /Your code: {2}[B-Z]{4}-[B-Z]{4}\nEnter it at:\nhttp:\S+\/device\n/,
    );
    screen.key('C-c');
    expect((await screen.ends()).code).toBe(130);
  });

  // @rule 1.42
  test('client-credentials keeps a token of a program', async () => {
    const machine = await admin.server().given.client({ scopes: ['read'] });
    const env = { AUTHLY_CLIENT_ID: machine.clientId, AUTHLY_CLIENT_SECRET: machine.secret };
    const cli = admin.another();
    const words = ['admin', 'auth', 'login', '--method', 'client-credentials', '--scope', 'read'];
    const login = await cli.run(words, { env });
    expect(login.code, login.stderr).toBe(0);
    expect(login.stdout + login.stderr).not.toContain(machine.secret);
    // From then on without the variables, as long as the secret is good.
    for (const words of [
      ['admin', 'auth', 'token'],
      ['admin', 'auth', 'token', '--refresh'],
    ]) {
      const token = (await cli.run(words)).stdout.trim();
      expect(await introspect(token)).toMatchObject({ active: true, scope: 'read', client_id: machine.clientId });
    }
    expect(readFileSync(join(cli.home, '.authly/tokens.json'), 'utf8')).not.toContain(machine.secret);
    expect((await cli.run(['admin', 'auth', 'logout'])).code).toBe(0);
    expect((await cli.run(['admin', 'auth', 'token'])).code).toBe(2);
  });

  // @rule 1.42
  test('api-key takes the key from the environment, and it works without it from then on', async () => {
    const first = await loggedIn();
    const made = ['admin', 'apikey', 'create', '--name', 'ci', '--scope', 'admin:clients:read'];
    const { api_key: key } = await first.json<{ api_key: string }>(made);
    const cli = admin.another();
    const login = await cli.run(['admin', 'auth', 'login', '--method', 'api-key'], { env: { AUTHLY_API_KEY: key } });
    expect(login.code, login.stderr).toBe(0);
    expect(login.stdout + login.stderr).not.toContain(key);
    expect((await cli.run(['admin', 'client', 'list'])).code).toBe(0);
    const who = { method: 'api_key', authenticated: true, username: 'admin', scopes: ['admin:clients:read'] };
    expect(await cli.json(['admin', 'auth', 'whoami'])).toMatchObject(who);
    // What the key was not made for it does not tell.
    expect(await cli.json(['admin', 'auth', 'whoami'])).toMatchObject({ email: null, is_admin: null });
    const fromEnvironment = admin.another();
    expect(await fromEnvironment.json(['admin', 'auth', 'whoami'], { env: { AUTHLY_API_KEY: key } })).toMatchObject(
      who,
    );
  });

  // @rule 1.54
  test('that does not exist is a wrong option', async () => {
    const { code, stderr } = await admin.another().run(['admin', 'auth', 'login', '--method', 'magic']);
    expect([code, stderr.includes('client-credentials')]).toEqual([5, true]);
  });
});

describe('auth logout', () => {
  // @rule 1.44
  test('ends all logins with --all, and none on the server with --local', async () => {
    const cli = await loggedIn();
    const words = ['admin', 'auth', 'login', '-u', 'admin', '--password-stdin'];
    await cli.run(words, { stdin: ADMIN_PASSWORD, env: { AUTHLY_PROFILE: 'second' } });
    const token = (await cli.run(['admin', 'auth', 'token'])).stdout.trim();
    expect(await cli.json(['admin', 'auth', 'logout', '--all'])).toMatchObject({ logged_out: true, ended: 2 });
    expect(await introspect(token)).toEqual({ active: false });

    const other = await loggedIn();
    const kept = (await other.run(['admin', 'auth', 'token'])).stdout.trim();
    expect((await other.run(['admin', 'auth', 'logout', '--local'])).code).toBe(0);
    expect(await introspect(kept)).toMatchObject({ active: true });
    expect((await other.run(['admin', 'auth', 'token'])).code).toBe(2);
  });

  // @rule 1.6
  test('names a variable that goes on working', async () => {
    const cli = await loggedIn();
    const { stderr, code } = await cli.run(['admin', 'auth', 'logout'], { env: { AUTHLY_TOKEN: 'x' } });
    expect(code).toBe(0);
    expect(stderr).toContain('⚠️  AUTHLY_TOKEN is set and goes on working; unset it to be logged out.\n');
  });
});

describe('the status as JSON', () => {
  // @rule 1.9, 1.52
  test('has every field of the contract, and never a token', async () => {
    const cli = await loggedIn();
    const status = await cli.run(['admin', 'auth', 'status', '--output', 'json']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      authenticated: true,
      profile: expect.any(String),
      source: 'login',
      issuer: admin.url(),
      api_url: admin.url(),
      subject: expect.any(String),
      username: 'admin',
      method: 'password',
      scopes: expect.arrayContaining(['admin:clients:read']),
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      expires_in: expect.any(Number),
      refreshable: true,
      session_expires_at: null,
      storage: { backend: 'keyfile+file', path: join(cli.home, '.authly/tokens.json'), encrypted: true },
      overrides: [],
      clock_skew_seconds: expect.any(Number),
      warnings: expect.any(Array),
    });
    expect(status.stdout).not.toMatch(/eyJ|authly_rt_/);
  });

  // @rule 1.6, 1.52
  test('names a variable that is used in place of the login', async () => {
    const cli = await loggedIn();
    const { stdout } = await cli.run(['admin', 'auth', 'info', '--output', 'json'], { env: { AUTHLY_TOKEN: 'x' } });
    expect((JSON.parse(stdout) as { auth: object }).auth).toMatchObject({
      source: 'AUTHLY_TOKEN',
      overrides: [{ env: 'AUTHLY_TOKEN', active: true }],
      warnings: expect.arrayContaining(['AUTHLY_TOKEN is set and is used instead of a stored login.']),
    });
  });

  // @rule 1.9
  test('names the command that logs in when nobody is logged in', async () => {
    const { code, stderr } = await admin.another().run(['admin', 'auth', 'status']);
    expect([code, stderr]).toEqual([2, 'To log in, run: authly admin auth login\n']);
  });
});
