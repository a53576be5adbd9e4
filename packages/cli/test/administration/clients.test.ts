import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { administration } from '../support/server.js';

const admin = administration();
const { cli } = admin;
beforeAll(() => admin.logIn());

async function newClient(...more: readonly string[]): Promise<string> {
  const words = 'admin client create --name App --type confidential --redirect-uri https://app.example/cb'.split(' ');
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

  test('a preset registers what a piece of software needs, and shows what it must be told', async () => {
    const create = ['admin', 'client', 'create', '--name', 'My shop', '--preset'];
    const shop = await cli.json<{ client_id: string; client_secret: string; preset: { files: { text: string }[] } }>([
      ...create,
      'authjs',
    ]);
    expect(shop).toMatchObject({
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/api/auth/callback/authly'],
      assigned_scopes: ['openid', 'profile', 'email'],
    });
    const told = shop.preset.files.map(({ text }) => text).join('\n');
    for (const value of [shop.client_id, shop.client_secret, admin.server().url]) expect(told).toContain(value);
    expect(told).not.toContain('{{');
    const proxy = [
      ...create,
      'oauth2-proxy',
      '--redirect-uri',
      'https://proxy.example/oauth2/callback',
      '--pkce',
      'off',
    ];
    expect(await cli.json(proxy)).toMatchObject({
      pkce: 'off',
      redirect_uris: ['https://proxy.example/oauth2/callback'],
    });
    const { stdout } = await cli.run([...create, 'spa']);
    expect(stdout).toContain('new UserManager({');
    expect(stdout).toContain("redirect_uri: 'http://localhost:5173/callback'");
    const without = await cli.run([
      'admin',
      'client',
      'create',
      '--name',
      'Web',
      '--redirect-uri',
      'https://w.example/cb',
    ]);
    expect([without.code, without.stderr.includes('Missing option: --type')]).toEqual([5, true]);
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
