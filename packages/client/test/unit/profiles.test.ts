import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIAuthenticator } from '../../src/cli.js';
import { AuthClient } from '../../src/index.js';

async function given(config?: string) {
  const home = await mkdtemp(join(tmpdir(), 'authly-profiles-'));
  const configDir = join(home, '.config', 'my-app');
  const env = { HOME: home, MY_APP_STORAGE: 'file' };
  const tool = () => new CLIAuthenticator({ appName: 'my-app', env });
  await tool().configureProfile('dev', { issuer: 'https://dev.example', clientId: 'dev-cli', scopes: ['openid'] });
  if (config !== undefined) await writeFile(join(configDir, 'config.toml'), config);
  return { tool, env, configDir };
}

describe('profiles', () => {
  // @rule 1.48
  it('are made, shown, chosen and deleted, in any process', async () => {
    const { tool } = await given();
    await tool().configureProfile('prod', { issuer: 'https://prod.example', clientId: 'cli', apiKey: 'the-key' });
    expect((await tool().listProfiles()).map(({ name, active, loggedIn }) => [name, active, loggedIn])).toEqual([
      ['dev', false, false],
      ['prod', false, true],
    ]);
    await tool().switchProfile('prod');
    expect(await tool().getProfile()).toMatchObject({
      name: 'prod',
      issuer: 'https://prod.example',
      method: 'api_key',
    });
    expect((await tool().listProfiles()).find(({ active }) => active)?.name).toBe('prod');
    await tool().deleteProfile('prod', { revoke: false });
    expect((await tool().listProfiles()).map(({ name }) => name)).toEqual(['dev']);
    await expect(tool().switchProfile('prod')).rejects.toMatchObject({ code: 'profile_not_found', exitCode: 4 });
  });

  // @rule 1.48, 3.27
  it('are changed one value at a time, and keep their secrets out of every plain file', async () => {
    const { tool, configDir } = await given();
    await tool().configureProfile('dev', {
      clientSecret: 'the-secret',
      privateKeyJwk: { kty: 'EC', d: 'the-private-part' },
    });
    expect(await tool().getProfile('dev')).toMatchObject({
      issuer: 'https://dev.example',
      clientId: 'dev-cli',
      scopes: ['openid'],
    });
    const files = (await readdir(configDir, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
    expect(texts.join('')).not.toMatch(/the-(secret|private)/);
  });

  // @rule 3.27
  it('with a secret are for programs, unless people log in to them', async () => {
    const { tool } = await given();
    const method = async (name: string) => (await tool().getProfile(name)).method;
    await tool().configureProfile('ci', { clientSecret: 's' });
    await tool().configureProfile('signed', { privateKeyJwk: { kty: 'EC' } });
    await tool().configureProfile('web', { method: 'authorization_code', clientSecret: 's' });
    await tool().configureProfile('web', { clientSecret: 'another' });
    await tool().configureProfile('key', { apiKey: 'k' });
    expect(await Promise.all(['ci', 'signed', 'web', 'key', 'dev'].map(method))).toEqual([
      'client_credentials',
      'client_credentials',
      'authorization_code',
      'api_key',
      undefined,
    ]);
  });

  // @rule 1.44
  it('lose their secrets at logout, and nothing else', async () => {
    const { tool } = await given();
    await tool().configureProfile('dev', { clientSecret: 's' });
    expect(await tool().logout({ profileName: 'dev' })).toMatchObject({ deleted: true, revocation: 'nothing' });
    expect(await tool().getProfile('dev')).toMatchObject({
      issuer: 'https://dev.example',
      method: 'client_credentials',
    });
    await tool().switchProfile('dev');
    await expect(tool().getActiveClient()).rejects.toMatchObject({ code: 'login_required', exitCode: 2 });
    expect(await tool().logout({ profileName: 'dev' })).toMatchObject({ deleted: false });
  });

  // @rule 1.48
  it('that are written by hand win, and are neither changed nor deleted', async () => {
    const config = '[profiles.dev]\nissuer = "https://by-hand.example"\n# mine\n';
    const { tool, configDir } = await given(config);
    expect(await tool().getProfile('dev')).toMatchObject({ issuer: 'https://by-hand.example', clientId: 'dev-cli' });
    expect((await tool().listProfiles())[0]?.source).toBe('config.toml');
    await expect(tool().deleteProfile('dev')).rejects.toMatchObject({ code: 'config_invalid' });
    expect(await readFile(join(configDir, 'config.toml'), 'utf8')).toBe(config);
  });

  // @rule 3.6
  it('and their secrets are the same for the tool and for a service with its name', async () => {
    const { tool, env } = await given();
    await tool().configureProfile('dev', { apiKey: 'the-key' });
    await tool().switchProfile('dev');
    const client = await AuthClient.fromConfig({ appName: 'my-app', env });
    expect(await client.getAccessToken()).toBe('the-key');
    expect(client.describe().winner).toMatchObject({ rule: 'active_profile' });
  });

  it.each(['', '../evil', 'a b', '-x', 'x'.repeat(65)])('cannot be called %j', async (name) => {
    const { tool } = await given();
    await expect(tool().configureProfile(name, {})).rejects.toMatchObject({ code: 'config_invalid' });
  });
});
