import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type GivenAuthenticator, givenAuthenticator } from '../../../server/test/support/authenticator.js';
import type { GivenUser } from '../../../server/test/support/given.js';
import { terminals } from '../support/pty.js';
import { ADMIN_PASSWORD, administration } from '../support/server.js';

/** The default login of an administrator who has a second factor, typed and piped, on a server as in production: no password grant. */

const admin = administration({ 'password_grant.enabled': false });
const open = terminals(admin.cli);
let person: GivenUser;
let app: GivenAuthenticator;

beforeEach(async () => {
  person = await admin.server().given.user({ isAdmin: true });
  app = await givenAuthenticator(admin.server(), person.user);
});

const words = (...more: readonly string[]) => ['admin', 'auth', 'login', '-u', person.user.username, ...more];
const wrongCode = () => (app.code() === '000000' ? '000001' : '000000');

describe('at a terminal', () => {
  // @rule 1.43
  test('name, password and code are asked for; the code may be seen, the password not', async () => {
    const other = admin.another();
    const screen = open('authly admin auth login', { env: other.env, columns: 100 });
    await screen.shows(/Username:$/);
    screen.type(person.user.username);
    screen.enter();
    await screen.shows(/Password:$/);
    screen.type(person.password);
    screen.enter();
    await screen.shows(/Code of your authenticator app, or a recovery code:$/);
    const wrong = wrongCode();
    screen.type(wrong);
    screen.enter();
    await screen.shows(/That code was not accepted\.\s+Code of your authenticator app, or a recovery code:$/);
    const code = app.code();
    screen.type(code);
    screen.enter();
    const { code: exit, text } = await screen.ends();
    expect(exit, text).toBe(0);
    expect(text).toContain(`Successfully logged in as ${person.user.username}`);
    expect(text).toContain(code);
    expect(text).not.toContain(person.password);
    const list = await other.run(['admin', 'client', 'list', '--output', 'json']);
    expect(list.code, list.stderr).toBe(0);
    const file = readFileSync(join(other.home, '.authly/tokens.json'), 'utf8');
    expect(file).not.toContain(code);
  });

  test('a recovery code does as well', async () => {
    const other = admin.another();
    const screen = open(`authly admin auth login -u ${person.user.username} --method password`, {
      env: other.env,
      columns: 100,
    });
    await screen.shows(/Password:$/);
    screen.type(person.password);
    screen.enter();
    await screen.shows(/recovery code:$/);
    screen.type((app.recoveryCodes[0] ?? '').toLowerCase());
    screen.enter();
    const { code, text } = await screen.ends();
    expect(code, text).toBe(0);
  });

  test('three wrong codes end it, with 2', async () => {
    const other = admin.another();
    const screen = open(`authly admin auth login -u ${person.user.username}`, { env: other.env, columns: 100 });
    await screen.shows(/Password:$/);
    screen.type(person.password);
    screen.enter();
    for (let tries = 1; tries <= 3; tries += 1) {
      await screen.shows(new RegExp(`(?:recovery code:[^]*){${tries}}$`));
      screen.type(wrongCode());
      screen.enter();
    }
    const { code, text } = await screen.ends();
    expect(code, text).toBe(2);
    expect(text).toContain('The code was refused');
    expect((await other.run(['admin', 'auth', 'whoami'])).code).toBe(2);
  });
});

describe('in a script', () => {
  test('the password alone is not enough: it says what is, and ends with 2', async () => {
    const { code, stdout, stderr } = await admin.another().run(words('--password-stdin'), { stdin: person.password });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('A second factor is needed');
    expect(stderr).toContain('--otp-stdin');
    expect(stderr).toContain('AUTHLY_API_KEY');
    const json = await admin.another().run(words('--password-stdin', '--output', 'json'), { stdin: person.password });
    expect(JSON.parse(json.stderr.slice(json.stderr.indexOf('{')))).toMatchObject({
      error: { code: 'mfa_required', exit_code: 2, retryable: false },
    });
  });

  // @rule 1.43
  test('password and code come on two lines of standard input', async () => {
    const other = admin.another();
    const login = await other.run(words('--password-stdin', '--otp-stdin'), {
      stdin: `${person.password}\n${app.code()}\n`,
    });
    expect(login.code, login.stderr).toBe(0);
    expect(login.stderr).not.toContain(person.password);
    expect((await other.run(['admin', 'auth', 'whoami'])).stdout).toContain(person.user.username);
  });

  test('a wrong code is sent once, not three times', async () => {
    const { code, stderr } = await admin.another().run(words('--password-stdin', '--otp-stdin'), {
      stdin: `${person.password}\r\n${wrongCode()}\r\n`,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('The code was refused');
    const events = await admin.server().context.audit.recentOf(person.user.id, { actions: ['login'], limit: 10 });
    expect(events.map(({ outcome }) => outcome)).toEqual(['failure']);
  });

  test('the line of the code must be there', async () => {
    const { code, stderr } = await admin.another().run(words('--password-stdin', '--otp-stdin'), {
      stdin: `${person.password}\n`,
    });
    expect(code).toBe(5);
    expect(stderr).toContain('second line');
  });

  test('without a second factor the password is enough, also where the password grant is off', async () => {
    const login = await admin.another().run(['admin', 'auth', 'login', '-u', 'admin', '--password-stdin'], {
      stdin: ADMIN_PASSWORD,
    });
    expect(login.code, login.stderr).toBe(0);
  });

  test('a password that must be changed is changed in a browser; nothing waits for one', async () => {
    const temporary = await admin.server().given.user({ isAdmin: true, requiresPasswordChange: true });
    const { code, stderr } = await admin
      .another()
      .run(['admin', 'auth', 'login', '-u', temporary.user.username, '--password-stdin'], {
        stdin: temporary.password,
      });
    expect(code).toBe(2);
    expect(stderr).toContain('This login has to go on in a browser');
    expect(stderr).toContain('The password must be changed first');
    expect(stderr).toContain('--no-wait');
  });

  test('an account that is locked says for how long, with 8', async () => {
    const { url } = admin.server();
    for (let tries = 0; tries < 12; tries += 1)
      await fetch(`${url}/admin/auth`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: person.user.username, password: person.password, otp: wrongCode() }),
      });
    const { code, stderr } = await admin.another().run(words('--password-stdin', '--otp-stdin'), {
      stdin: `${person.password}\n${app.code()}\n`,
    });
    expect(code).toBe(8);
    expect(stderr).toMatch(/Try again in \d+ seconds/);
  });
});

test('an administrator can let a client take passwords itself', async () => {
  const other = admin.another();
  await other.run(['admin', 'auth', 'login', '-u', 'admin', '--password-stdin'], { stdin: ADMIN_PASSWORD });
  const fixed = 'admin client create --type public --redirect-uri http://127.0.0.1/callback --output json --name Tool';
  const create = (...grants: readonly string[]) =>
    other.run([...fixed.split(' '), ...grants.flatMap((grant) => ['--grant-type', grant])]);
  const made = await create('authorization_code', 'refresh_token', 'authorization_challenge');
  expect(made.code, made.stderr).toBe(0);
  expect(JSON.parse(made.stdout)).toMatchObject({
    grant_types: ['authorization_code', 'refresh_token', 'urn:authly:grant-type:authorization-challenge'],
  });
  const alone = await create('refresh_token', 'authorization_challenge');
  expect(alone.code).toBe(5);
  expect(alone.stderr).toContain('needs authorization_code');
});
