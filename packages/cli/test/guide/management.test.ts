import { beforeAll, describe, expect, test } from 'vitest';
import { terminals } from '../support/pty.js';
import { administration } from '../support/server.js';

/** The CLI guide as it is written: only `python -m authly` has become `authly`. */

const admin = administration();
const { cli } = admin;
const open = terminals(cli);
const lines = (text: string) => text.trimEnd().split('\n');
beforeAll(() => admin.logIn());

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
    expect(rows[0]).toMatch(/^│ \S+ +│ \S.* │ (?:confidential|public) +│ active │ (?:just now|\d+ \w+ ago) +│$/);
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
    expect(text).toMatch(/│ read +│ .* │ No +│ active │ (?:just now|\d+ \w+ ago) +│/);
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
