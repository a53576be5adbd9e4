import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_PASSWORD, administration } from '../support/server.js';
import { terminals } from '../support/pty.js';

/** The CLI guide, section by section, as it is written: only `python -m authly` has become `authly`. */

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

  test('whoami', async () => {
    const { stdout, code } = await cli.run(['admin', 'auth', 'whoami']);
    expect(code).toBe(0);
    const [who, expires, scopes] = lines(stdout);
    expect(who).toBe('✓ Authenticated as: admin');
    expect(expires).toMatch(/^✓ Token expires: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    expect(scopes).toMatch(/^✓ Scopes: admin:clients:read, admin:clients:write, admin:scopes:read, admin:scopes:write/);
  });

  test('refresh', async () => {
    const { stdout, code } = await cli.run(['admin', 'auth', 'refresh']);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      '✓ Token refreshed successfully',
      expect.stringMatching(/^New expiration: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/),
      'Token verified - authentication active',
    ]);
  });

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

describe('OAuth Client Management', () => {
  test('basic confidential client', async () => {
    const { stdout, code } = await cli.shell(`authly admin client create \\
      --name "My Web App" \\
      --type confidential \\
      --redirect-uri "https://myapp.com/callback" \\
      --scope "read" --scope "write"`);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      '✓ Client created successfully',
      '',
      expect.stringMatching(/^Client ID: \S+$/),
      expect.stringMatching(/^Client Secret: cs_\S{20,}$/),
      'Name: My Web App',
      'Type: confidential',
      'Redirect URIs: https://myapp.com/callback',
      'Scopes: read, write',
      'Status: active',
      '',
      '⚠️  Save the client secret securely - it cannot be retrieved again!',
    ]);
  });

  test('public client with multiple redirect URIs', async () => {
    const { stdout, code } = await cli.shell(`authly admin client create \\
      --name "My Mobile App" \\
      --type public \\
      --redirect-uri "myapp://callback" \\
      --redirect-uri "http://localhost:3000/callback"`);
    expect(code).toBe(0);
    expect(stdout).toContain('Redirect URIs: myapp://callback, http://localhost:3000/callback');
    expect(stdout).not.toContain('Client Secret');
  });

  test('client with metadata and scopes', async () => {
    const created = await cli.json(
      `admin client create --name EnterpriseApp --type confidential --redirect-uri https://enterprise.com/oauth/callback
       --scope read --scope write --client-uri https://enterprise.com --contacts admin@enterprise.com`.split(/\s+/),
    );
    expect(created).toMatchObject({
      assigned_scopes: ['read', 'write'],
      client_uri: 'https://enterprise.com',
      contacts: ['admin@enterprise.com'],
      client_secret: expect.stringMatching(/^cs_/),
    });
  });

  test('the list is the table of the guide', async () => {
    const { text } = await open('authly admin client list', { columns: 120 }).ends();
    const [top, head, rule, ...rows] = lines(text);
    expect(top).toMatch(/^┌─+┬─+┬─+┬─+┬─+┐$/);
    expect(head).toMatch(/^│ Client ID +│ Name +│ Type +│ Status │ Created +│$/);
    expect(rule).toMatch(/^├─+┼─+┼─+┼─+┼─+┤$/);
    expect(rows[0]).toMatch(/^│ \S+ +│ \S.* │ (?:confidential|public) +│ active │ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d │$/);
    expect(rows.at(-3)).toMatch(/^└─+┴─+┴─+┴─+┴─+┘$/);
    expect(rows.at(-2)).toBe('');
    expect(rows.at(-1)).toMatch(/^Total: \d+ clients$/);
  });

  test('all clients including inactive, JSON output, paginated listing', async () => {
    const { clients, total } = await cli.json<{ clients: { client_id: string; client_name: string }[]; total: number }>(
      ['admin', 'client', 'list'],
    );
    expect(total).toBe(clients.length);
    const [one] = clients.filter(({ client_name }) => client_name === 'My Mobile App');
    await cli.json(['admin', 'client', 'update', one?.client_id ?? '', '--deactivate']);
    const active = await cli.json<{ total: number }>(['admin', 'client', 'list']);
    const every = await cli.json<{ total: number }>(['admin', 'client', 'list', '--show-inactive']);
    expect([active.total, every.total]).toEqual([total - 1, total]);
    const page = await cli.json<{ clients: unknown[]; limit: number; offset: number }>([
      'admin',
      'client',
      'list',
      '--limit',
      '1',
      '--offset',
      '1',
    ]);
    expect(page).toMatchObject({ limit: 1, offset: 1, clients: { length: 1 } });
    await cli.json(['admin', 'client', 'update', one?.client_id ?? '', '--activate']);
  });
});

describe('OAuth Scope Management', () => {
  test('a basic scope and a default scope', async () => {
    const basic = await cli.shell('authly admin scope create --name "reports" --description "Read access to reports"');
    expect(lines(basic.stdout)).toEqual([
      '✓ Scope created successfully',
      '',
      'Name: reports',
      'Description: Read access to reports',
      'Default: No',
      'Status: active',
    ]);
    const standard = await cli.json([
      'admin',
      'scope',
      'create',
      '--name',
      'greeting',
      '--description',
      'Say hello',
      '--default',
    ]);
    expect(standard).toMatchObject({ scope_name: 'greeting', is_default: true, is_active: true });
  });

  test('a scope that exists already is a conflict, and nothing is changed', async () => {
    const { code, stderr } = await cli.shell(
      'authly admin scope create --name "read" --description "Read access to user data"',
    );
    expect(code).toBe(6);
    expect(stderr).toContain('Scope already exists');
    expect(stderr).toContain('authly admin scope update read');
  });

  test('the list is the table of the guide', async () => {
    const { text } = await open('authly admin scope list', { columns: 140 }).ends();
    expect(lines(text)[1]).toMatch(/^│ Name +│ Description +│ Default │ Status │ Created +│$/);
    expect(text).toMatch(/│ read +│ .* │ No +│ active │ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d │/);
    expect(text).toMatch(/│ profile +│ .* │ Yes +│ active │/);
    expect(lines(text).at(-1)).toMatch(/^Total: \d+ scopes \(\d+ active, 2 default\)$/);
  });

  test('defaults, inactive scopes and JSON', async () => {
    const { scopes } = await cli.json<{ scopes: { scope_name: string }[] }>(['admin', 'scope', 'defaults']);
    expect(scopes.map(({ scope_name }) => scope_name).sort()).toEqual(['greeting', 'profile']);
    await cli.json(['admin', 'scope', 'update', 'reports', '--deactivate']);
    const names = async (...more: readonly string[]) =>
      (await cli.json<{ scopes: { scope_name: string }[] }>(['admin', 'scope', 'list', ...more])).scopes.map(
        ({ scope_name }) => scope_name,
      );
    expect(await names()).not.toContain('reports');
    expect(await names('--show-inactive')).toContain('reports');
  });
});

describe('System Status', () => {
  test('is the page of the guide', async () => {
    const { stdout, code } = await cli.run(['admin', 'status']);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      'Authly System Status',
      '',
      '🟢 System Health: Healthy',
      expect.stringMatching(/^📊 Version: \S+$/),
      expect.stringMatching(/^⏱️ {2}Uptime: \d+ \w+/),
      '',
      'Database:',
      '  Status: Connected',
      expect.stringMatching(/^ {2}Pool Size: \d+$/),
      expect.stringMatching(/^ {2}Active Connections: \d+$/),
      '',
      'OAuth Metrics:',
      expect.stringMatching(/^ {2}Active Clients: \d+$/),
      expect.stringMatching(/^ {2}Total Scopes: \d+$/),
      expect.stringMatching(/^ {2}Active Tokens: \d+$/),
      '',
      'Admin API:',
      '  Status: Enabled',
      `  URL: ${admin.url()}`,
      expect.stringMatching(/^ {2}Rate Limit: \d+ requests\/minute$/),
      '',
      expect.stringMatching(/^Last Updated: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/),
    ]);
  });

  test('has more with --verbose, all of it as JSON, and is the same in every mode', async () => {
    expect((await cli.run(['admin', 'status', '--verbose'])).stdout).toContain('Resource Mode: cli');
    expect(await cli.json(['admin', 'status'])).toMatchObject({ status: 'operational', api_url: admin.url() });
    for (const mode of ['cli', 'production', 'embedded', 'testing']) {
      const { code, stdout } = await cli.run(['admin', 'status', '--verbose'], { env: { AUTHLY_MODE: mode } });
      expect([code, stdout.includes(`Resource Mode: ${mode}`)], mode).toEqual([0, true]);
    }
  });
});

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

describe('Scripting & Automation', () => {
  test('JSON output for scripts', async () => {
    const { stdout, code } = await cli.shell(`set -e
      # Get client list in JSON format
      clients=$(authly admin client list --output json)
      echo "$clients" | jq '.clients[].client_id'

      # Create client and extract client_id
      client_info=$(authly admin client create \\
        --name "Automated Client" \\
        --type confidential \\
        --redirect-uri "https://example.com/callback" \\
        --output json)

      client_id=$(echo "$client_info" | jq -r '.client_id')
      echo "Created client: $client_id"`);
    expect(code).toBe(0);
    expect(lines(stdout)[0]).toMatch(/^"\S+"$/);
    expect(lines(stdout).at(-1)).toMatch(/^Created client: client_\S+$/);
  });

  test('batch operations', async () => {
    const { stderr } = await cli.shell(`#!/bin/bash
# Create multiple scopes
scopes=("read" "write" "delete" "admin")
descriptions=("Read access" "Write access" "Delete access" "Admin access")

for i in "\${!scopes[@]}"; do
  authly admin scope create \\
    --name "\${scopes[$i]}" \\
    --description "\${descriptions[$i]}"
done`);
    // Three of them are there from the first start on; the loop goes on, and the fourth is made.
    expect(stderr.match(/Scope already exists/g)).toHaveLength(3);
    expect(await cli.json(['admin', 'scope', 'show', 'delete'])).toMatchObject({ description: 'Delete access' });
  });

  test('the CI workflow', async () => {
    const ci = admin.another();
    const { code } = await ci.shell(
      `set -eo pipefail
      # Non-interactive login for CI
      authly admin auth login \\
        --username "$AUTHLY_ADMIN_USER" \\
        --password "$AUTHLY_ADMIN_PASS"

      # Create deployment client
      authly admin client create \\
        --name "Production Deploy" \\
        --type confidential \\
        --redirect-uri "$PRODUCTION_CALLBACK_URL" \\
        --output json > client.json`,
      {
        env: {
          CI: 'true',
          AUTHLY_ADMIN_USER: 'admin',
          AUTHLY_ADMIN_PASS: ADMIN_PASSWORD,
          PRODUCTION_CALLBACK_URL: 'https://prod.example.com/cb',
        },
      },
    );
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(ci.home, 'client.json'), 'utf8'))).toMatchObject({
      client_name: 'Production Deploy',
      client_secret: expect.stringMatching(/^cs_/),
    });
  });
});

describe('Error Handling', () => {
  test('the error of the guide, to the letter', async () => {
    const { code, stdout, stderr } = await cli.run(['admin', 'client', 'show', 'invalid-client']);
    expect(stderr).toBe(
      "❌ Error: Client not found\nClient ID 'invalid-client' does not exist or has been deleted.\n\nExit code: 4\n",
    );
    expect([code, stdout]).toEqual([4, '']);
  });

  test('the exit codes of the guide', async () => {
    const user = await admin.server().given.user();
    const plain = admin.another();
    const words = ['admin', 'auth', 'login', '-u', user.user.username, '--password-stdin', '--scope', 'profile'];
    expect((await plain.run(words, { stdin: user.password })).code).toBe(0);
    expect((await plain.run(['admin', 'client', 'list'])).code).toBe(3);
    expect(
      (await plain.run(['admin', 'auth', 'login', '-u', 'admin', '--password-stdin'], { stdin: 'wrong' })).code,
    ).toBe(2);
    expect(
      (await cli.run(['admin', 'client', 'create', '--name', 'x', '--type', 'public', '--redirect-uri', 'nonsense']))
        .code,
    ).toBe(5);
    expect((await cli.run(['admin', 'client', 'list'])).code).toBe(0);
  });
});

describe('Debugging', () => {
  beforeAll(() => admin.logIn());

  test('AUTHLY_LOG_LEVEL and AUTHLY_DEBUG_HTTP tell what happens, and no secret', async () => {
    const debug = await cli.run(['admin', 'status', '--verbose'], { env: { AUTHLY_LOG_LEVEL: 'DEBUG' } });
    expect(debug.stderr).toContain(`DEBUG authly admin status`);
    const traced = await cli.run(['admin', 'client', 'list'], { env: { AUTHLY_DEBUG_HTTP: 'true' } });
    expect(traced.stderr).toContain(`HTTP > GET ${admin.url()}/admin/clients?limit=20&offset=0`);
    expect(traced.stderr).toContain('HTTP > Authorization: Bearer [secret]');
    expect(traced.stderr).toMatch(/HTTP < 200 after \d+ ms/);
    expect(`${debug.stderr}${traced.stderr}`).not.toMatch(/eyJ/);
  });

  test('the admin API answers curl', async () => {
    const { stdout } = await cli.shell(`curl -s ${admin.url()}/admin/health | jq -r .status`);
    expect(stdout).toBe('healthy\n');
  });
});
