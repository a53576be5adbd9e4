import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { administration, logIn } from '../support/server.js';

const admin = administration();
const { cli } = admin;
beforeAll(() => admin.logIn());

async function newClient(...more: readonly string[]): Promise<string> {
  const words = [
    'admin',
    'client',
    'create',
    '--name',
    'App',
    '--type',
    'confidential',
    '--redirect-uri',
    'https://app.example/cb',
  ];
  return String((await cli.json([...words, ...more]))['client_id']);
}

describe('clients', () => {
  test('every field that the command takes arrives', async () => {
    const jwks = join(cli.home, 'jwks.json');
    writeFileSync(
      jwks,
      '{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}',
    );
    const given = `--post-logout-redirect-uri https://app.example/bye --logo-uri https://app.example/l.png --tos-uri https://app.example/t
      --policy-uri https://app.example/p --grant-type authorization_code --grant-type refresh_token --grant-type device_code
      --auth-method private_key_jwt --jwks-file ${jwks} --id-token-alg ES256 --application-type web --access-token-lifetime 600`;
    const id = await newClient(...given.split(/\s+/));
    expect(await cli.json(['admin', 'client', 'show', id])).toMatchObject({
      post_logout_redirect_uris: ['https://app.example/bye'],
      logo_uri: 'https://app.example/l.png',
      tos_uri: 'https://app.example/t',
      policy_uri: 'https://app.example/p',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      token_endpoint_auth_method: 'private_key_jwt',
      id_token_signed_response_alg: 'ES256',
      access_token_lifetime: 600,
    });
    const cleared = await cli.json(['admin', 'client', 'update', id, '--logo-uri', '']);
    expect(cleared['logo_uri']).toBeNull();
  });

  test('a service needs no redirect URI', async () => {
    const words = [
      'admin',
      'client',
      'create',
      '--name',
      'Job',
      '--type',
      'confidential',
      '--grant-type',
      'client_credentials',
    ];
    expect(await cli.json(words)).toMatchObject({ grant_types: ['client_credentials'], redirect_uris: [] });
    const { code, stderr } = await cli.run(['admin', 'client', 'create', '--name', 'Web', '--type', 'confidential']);
    expect([code, stderr.includes('Missing option: --redirect-uri')]).toEqual([5, true]);
  });

  test('a dry run sends nothing, whatever the command', async () => {
    const id = await newClient();
    const before = await cli.json<{ total: number }>(['admin', 'client', 'list']);
    for (const words of [
      ['client', 'create', '--name', 'Ghost', '--type', 'public', '--redirect-uri', 'http://localhost/cb'],
      ['client', 'update', id, '--name', 'Ghost'],
      ['client', 'delete', id],
      ['client', 'regenerate-secret', id],
      ['scope', 'create', '--name', 'ghost', '--description', 'x'],
      ['keys', 'rotate'],
      ['apikey', 'create', '--name', 'ghost', '--scope', 'read'],
      ['user', 'create', '--username', 'ghost', '--email', 'ghost@example.com'],
      ['user', 'delete', 'admin'],
    ]) {
      const { code, stdout } = await cli.run(['admin', '--dry-run', ...words]);
      expect([code, stdout.startsWith('DRY RUN: Would ')], words.join(' ')).toEqual([0, true]);
    }
    expect((await cli.json<{ total: number }>(['admin', 'client', 'list'])).total).toBe(before.total);
    expect(await cli.json(['admin', 'client', 'show', id])).toMatchObject({ client_name: 'App' });
    expect((await cli.run(['admin', 'scope', 'show', 'ghost'])).code).toBe(4);
    expect((await cli.run(['admin', 'user', 'show', 'ghost'])).code).toBe(4);
  });

  test('a dry run says what the server would refuse, and hides passwords', async () => {
    const wrong = await cli.run([
      'admin',
      'client',
      'create',
      '--dry-run',
      '--name',
      'x',
      '--type',
      'public',
      '--redirect-uri',
      'javascript:alert(1)',
    ]);
    expect([wrong.code, wrong.stderr.includes('Invalid redirect URI')]).toEqual([5, true]);
    const words = [
      'admin',
      'user',
      'create',
      '--username',
      'ghost',
      '--email',
      'g@example.com',
      '--password-stdin',
      '--dry-run',
    ];
    const { stdout } = await cli.run(words, { stdin: 'Secret123!' });
    expect(stdout).toContain('"password": "[secret]"');
  });

  test('a secret can go into a private file, and never over one that is there', async () => {
    const path = join(cli.home, 'client-secret');
    const words = [
      'admin',
      'client',
      'create',
      '--name',
      'Quiet',
      '--type',
      'confidential',
      '--redirect-uri',
      'https://q/cb',
      '--secret-file',
      path,
    ];
    const first = await cli.run(words);
    expect(first.stdout).not.toMatch(/cs_/);
    expect(readFileSync(path, 'utf8')).toMatch(/^cs_\S+\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = await cli.run(words);
    expect([again.code, again.stderr.includes('The file exists already')]).toEqual([5, true]);
  });

  test('deleting needs a yes, and leaves nothing to show', async () => {
    const id = await newClient();
    expect((await cli.run(['admin', 'client', 'delete', id])).code).toBe(5);
    expect((await cli.run(['admin', 'client', 'delete', id, '--confirm'])).code).toBe(0);
    expect((await cli.run(['admin', 'client', 'show', id])).code).toBe(4);
    expect((await cli.run(['admin', 'client', 'delete', id, '--confirm'])).code).toBe(4);
  });

  test('what Authly itself needs is protected', async () => {
    const { code } = await cli.run(['admin', 'client', 'delete', 'authly', '--confirm']);
    expect([3, 6]).toContain(code);
    expect((await cli.run(['admin', 'scope', 'delete', 'openid', '--confirm'])).code).toBe(code);
    expect((await cli.run(['admin', 'client', 'show', 'authly'])).stdout).toContain('protected');
  });
});

describe('two administrators at once', () => {
  test('lose nothing: changes of different fields are both kept, and so are additions to one list', async () => {
    const other = admin.another();
    await logIn(other);
    const id = await newClient();
    const outcomes = await Promise.all([
      cli.run(['admin', 'client', 'update', id, '--name', 'Renamed']),
      other.run(['admin', 'client', 'update', id, '--client-uri', 'https://app.example']),
      ...[1, 2, 3, 4].map((n) =>
        (n % 2 ? cli : other).run(['admin', 'client', 'update', id, '--add-redirect-uri', `https://app.example/${n}`]),
      ),
    ]);
    expect(outcomes.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(outcomes.map(() => '0'));
    const client = await cli.json<{ redirect_uris: string[] }>(['admin', 'client', 'show', id]);
    expect(client).toMatchObject({ client_name: 'Renamed', client_uri: 'https://app.example' });
    expect([...client.redirect_uris].sort()).toEqual([
      'https://app.example/1',
      'https://app.example/2',
      'https://app.example/3',
      'https://app.example/4',
      'https://app.example/cb',
    ]);
  });
});

describe('users', () => {
  test('are created with a temporary password, found by name, changed, locked out no longer, and deleted', async () => {
    const created = await cli.json([
      'admin',
      'user',
      'create',
      '--username',
      'alice',
      '--email',
      'alice@example.com',
      '--given-name',
      'Alice',
    ]);
    expect(created).toMatchObject({
      username: 'alice',
      temporary_password: expect.stringMatching(/^\S{12,}$/),
      requires_password_change: true,
    });
    const shown = await cli.run(['admin', 'user', 'show', 'ALICE']);
    expect(shown.stdout).toContain('Username: alice');
    expect(shown.stdout).not.toContain(String(created['temporary_password']));
    expect(
      await cli.json(['admin', 'user', 'update', 'alice', '--verify', '--email', 'alice@example.org']),
    ).toMatchObject({ is_verified: true, email: 'alice@example.org' });
    expect((await cli.run(['admin', 'user', 'unlock', 'alice'])).stdout).toContain('User alice was not locked');
    expect(await cli.json(['admin', 'user', 'reset-password', 'alice', '--confirm'])).toMatchObject({
      temporary_password: expect.stringMatching(/^\S{12,}$/),
    });
    expect((await cli.run(['admin', 'user', 'delete', 'alice', '--confirm'])).code).toBe(0);
    expect((await cli.run(['admin', 'user', 'show', 'alice'])).code).toBe(4);
  });

  test('with a name that is taken are a conflict, with a weak password a validation error', async () => {
    const words = (name: string) => ['admin', 'user', 'create', '--username', name, '--email', `${name}@example.com`];
    await cli.run(words('bob'));
    expect((await cli.run(words('bob'))).code).toBe(6);
    const weak = await cli.run([...words('carol'), '--password-stdin'], { stdin: 'weak' });
    expect([weak.code, weak.stderr.includes('at least 8 characters')]).toEqual([5, true]);
  });

  test('are listed by filters', async () => {
    const { users, total } = await cli.json<{ users: { username: string }[]; total: number }>([
      'admin',
      'user',
      'list',
      '--username',
      'bo',
      '--no-admins',
      '--created-after',
      '2020-01-01',
    ]);
    expect([users.map(({ username }) => username), total]).toEqual([['bob'], 1]);
    expect((await cli.run(['admin', 'user', 'list', '--created-after', 'yesterday'])).code).toBe(5);
  });

  test('have sessions that can be seen and ended', async () => {
    const { user, password } = await admin.server().given.user();
    await admin.server().given.passwordTokens({ user, password });
    const { sessions } = await cli.json<{ sessions: { session_id: string; token_type: string }[] }>([
      'admin',
      'user',
      'sessions',
      user.username,
    ]);
    expect(sessions.length).toBeGreaterThan(0);
    await cli.json([
      'admin',
      'user',
      'revoke-sessions',
      user.username,
      '--session',
      sessions[0]?.session_id ?? '',
      '--confirm',
    ]);
    await cli.json(['admin', 'user', 'revoke-sessions', user.username, '--confirm']);
    expect((await cli.json<{ sessions: unknown[] }>(['admin', 'user', 'sessions', user.username])).sessions).toEqual(
      [],
    );
  });
});

describe('the audit log', () => {
  test('shows what was done, by whom, page by page', async () => {
    const id = await newClient();
    const { events } = await cli.json<{ events: { action: string; actor: { name: string } }[] }>([
      'admin',
      'audit',
      'list',
      '--action',
      'client.',
      '--target',
      id,
    ]);
    expect(events).toMatchObject([{ action: 'client.created', outcome: 'success' }]);
    const first = await cli.json<{ events: { seq: number }[]; next_cursor: string }>([
      'admin',
      'audit',
      'list',
      '--limit',
      '2',
    ]);
    const second = await cli.json<{ events: { seq: number }[] }>([
      'admin',
      'audit',
      'list',
      '--limit',
      '2',
      '--cursor',
      first.next_cursor,
    ]);
    expect(second.events[0]?.seq).toBe((first.events.at(-1)?.seq ?? 0) - 1);
  });

  test('is intact, can be exported whole, and holds no secret', async () => {
    const { stdout, code } = await cli.run(['admin', 'audit', 'verify']);
    expect([code, stdout.split('\n')[0]]).toEqual([0, '✓ The audit log is intact']);
    const path = join(cli.home, 'export.jsonl');
    expect((await cli.run(['admin', 'audit', 'export', '--file', path])).code).toBe(0);
    const events = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; hash: string; previous_hash: string });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    for (const [index, event] of events.slice(1).entries()) expect(event.previous_hash).toBe(events[index]?.hash);
    expect(readFileSync(path, 'utf8')).not.toMatch(/cs_[A-Za-z0-9_-]{20}|authly_pat_|Test123!|eyJ/);
    expect((await cli.run(['admin', 'audit', 'export', '--outcome', 'failure'])).code).toBe(0);
  });
});

describe('keys', () => {
  test('are rotated with an announcement, and at once only with a yes', async () => {
    const { keys } = await cli.json<{ keys: { state: string }[] }>(['admin', 'keys', 'list']);
    const rotated = await cli.json<{ keys: { state: string; algorithm: string }[] }>([
      'admin',
      'keys',
      'rotate',
      '--algorithm',
      'ES256',
    ]);
    expect(rotated.keys).toMatchObject([{ state: 'announced', algorithm: 'ES256' }]);
    expect((await cli.json<{ keys: unknown[] }>(['admin', 'keys', 'list'])).keys).toHaveLength(keys.length + 1);
    expect((await cli.run(['admin', 'keys', 'rotate', '--immediate'])).code).toBe(5);
    expect((await cli.run(['admin', 'keys', 'list'])).stdout).not.toMatch(/"d"|PRIVATE/);
  });
});

describe('API keys', () => {
  test('are shown once, listed without themselves, replaced and revoked', async () => {
    const words = [
      'admin',
      'apikey',
      'create',
      '--name',
      'report',
      '--scope',
      'admin:clients:read',
      '--expires',
      '90d',
    ];
    const created = await cli.json<{ id: string; api_key: string; expires_at: string }>(words);
    expect(created.api_key).toMatch(/^authly_pat_/);
    expect(Date.parse(created.expires_at)).toBeGreaterThan(Date.now() + 89 * 86_400_000);
    expect((await cli.run(['admin', 'apikey', 'list'])).stdout).not.toContain('authly_pat_');
    const rotated = await cli.json<{ id: string; api_key: string }>([
      'admin',
      'apikey',
      'rotate',
      created.id,
      '--overlap',
      '1h',
      '--confirm',
    ]);
    const works = async (key: string) =>
      (await cli.run(['admin', 'client', 'list'], { env: { AUTHLY_API_KEY: key } })).code;
    expect([await works(created.api_key), await works(rotated.api_key)]).toEqual([0, 0]);
    expect((await cli.run(['admin', 'apikey', 'revoke', rotated.id, '--confirm'])).code).toBe(0);
    expect(await works(rotated.api_key)).toBe(2);
    expect((await cli.run(['admin', 'apikey', 'revoke', 'nosuchkey', '--confirm'])).code).toBe(4);
  });
});

describe('the last administrator', () => {
  test('cannot be removed, even by two who deactivate each other', async () => {
    const words = [
      'admin',
      'user',
      'create',
      '--username',
      'second',
      '--email',
      'second@example.com',
      '--admin',
      '--verified',
      '--password-stdin',
    ];
    await cli.run(words, { stdin: 'Second123!' });
    const other = admin.another();
    await logIn(other, 'second', 'Second123!');
    const outcomes = await Promise.all([
      cli.run(['admin', 'user', 'update', 'second', '--deactivate']),
      other.run(['admin', 'user', 'update', 'admin', '--deactivate']),
    ]);
    const left = await Promise.all(
      [cli, other].map((one) => one.run(['admin', 'user', 'list', '--admin', '-o', 'json'])),
    );
    expect(outcomes.some(({ code }) => code !== 0)).toBe(true);
    expect(left.some(({ code }) => code === 0)).toBe(true);
  });
});
