import { expect, test } from 'vitest';
import { administration, ADMIN_PASSWORD } from '../support/server.js';
import { terminals } from '../support/pty.js';

const admin = administration({ 'password_grant.enabled': false, 'challenge_endpoint.enabled': false });
const open = terminals(admin.cli);

test('a server that takes no passwords from programs is told apart before one is asked for', async () => {
  const words = ['admin', 'auth', 'login', '-u', 'admin', '--password-stdin'];
  const { code, stderr } = await admin.cli.run(words, { stdin: ADMIN_PASSWORD });
  expect(code).toBe(2);
  expect(stderr).toContain('This server takes no passwords from programs');
  expect(stderr).toContain('--method auto');
  expect(stderr).toContain('AUTHLY_CHALLENGE_ENDPOINT_ENABLED');
});

test('at a terminal the login goes on where the server wants it', async () => {
  const screen = open('authly admin auth login --no-browser', { columns: 120, env: { SSH_CONNECTION: 'x' } });
  const text = await screen.shows(/http:\/\/127\.0\.0\.1:\d+\/\S+/);
  expect(text).toContain('takes no passwords from programs');
  expect(text).not.toContain('Password:');
  screen.key('C-c');
  expect((await screen.ends()).code).toBe(130);
});
