import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { terminals } from '../support/pty.js';
import { ADMIN_PASSWORD, administration } from '../support/server.js';

/** The CLI guide as it is written: only `python -m authly` has become `authly`. */

const admin = administration();
const { cli } = admin;
const open = terminals(cli);
beforeAll(() => admin.logIn());

describe('Configuration', () => {
  test('config.toml sets what the guide says it sets', async () => {
    const other = admin.another();
    const path = join(other.home, 'config.toml');
    writeFileSync(
      path,
      `[api]\nurl = "${admin.url()}"\ntimeout = 30\n\n[auth]\nauto_refresh = true\ntoken_file = "~/somewhere/tokens.json"\n\n[output]\ndefault_format = "json"\nshow_timestamps = true\n`,
    );
    const env = { AUTHLY_API_URL: '' };
    const login = await other.run(['admin', 'auth', 'login', '-u', 'admin', '--password-stdin', '--config', path], {
      stdin: ADMIN_PASSWORD,
      env,
    });
    expect(JSON.parse(login.stdout)).toMatchObject({ authenticated: true, username: 'admin', api_url: admin.url() });
    expect(existsSync(join(other.home, 'somewhere/tokens.json'))).toBe(true);
    const list = await other.run(['admin', 'client', 'list', '--config', path], { env });
    expect(JSON.parse(list.stdout)).toHaveProperty('clients');
  });

  test('tokens.json has the fields of the guide, encrypted, readable by its owner only', () => {
    const path = join(cli.home, '.authly/tokens.json');
    const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
    expect(file).toMatchObject({
      api_url: admin.url(),
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(file['access_token']).not.toMatch(/^eyJ/);
    expect(file['refresh_token']).toBeTypeOf('string');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(cli.home, '.authly')).mode & 0o077).toBe(0);
  });
});

describe('Common Workflows', () => {
  test('setting up a new application', async () => {
    const { code, stdout, stderr } = await cli.shell(`set -e
      authly admin scope create \\
        --name "user:read" \\
        --description "Read user information"
      authly admin scope create \\
        --name "user:write" \\
        --description "Modify user information"
      authly admin client create \\
        --name "Customer Portal" \\
        --type confidential \\
        --redirect-uri "https://portal.example.com/auth/callback" \\
        --redirect-uri "https://portal.example.com/auth/silent-renew" \\
        --scope "user:read user:write" \\
        --client-uri "https://portal.example.com" \\
        --logo-uri "https://portal.example.com/logo.png"
      authly admin client list
      authly admin scope list`);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('Scopes: user:read, user:write');
  });

  test('managing client secrets', async () => {
    const { client_id: id, client_secret: secret } = await cli.json(
      'admin client create --name Portal --type confidential --redirect-uri https://portal.example.com/cb'.split(' '),
    );
    const shown = await cli.run(['admin', 'client', 'show', String(id)]);
    expect(shown.stdout).toContain(`Client ID: ${String(id)}`);
    expect(shown.stdout).not.toContain(String(secret));
    const screen = open(`authly admin client regenerate-secret ${String(id)}`, { columns: 160 });
    await screen.shows(/\[y\/N\]:/);
    screen.type('y');
    screen.enter();
    const { code, text } = await screen.ends();
    expect(code).toBe(0);
    const fresh = /Client Secret: (cs_\S+)/.exec(text)?.[1];
    expect(fresh).toBeDefined();
    expect(fresh).not.toBe(secret);
    const logo = ['--logo-uri', 'https://portal.example.com/new-logo.png'];
    const updated = await cli.json(['admin', 'client', 'update', String(id), '--name', 'Updated Portal Name', ...logo]);
    expect(updated).toMatchObject({
      client_name: 'Updated Portal Name',
      logo_uri: 'https://portal.example.com/new-logo.png',
    });
  });

  test('troubleshooting authentication', async () => {
    for (const line of ['auth info', 'auth whoami --verbose', 'status'])
      expect((await cli.run(['admin', ...line.split(' ')])).code, line).toBe(0);
  });
});
