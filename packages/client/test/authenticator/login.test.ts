import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, describeError, isAuthError } from '../../src/index.js';
import { approveDevice, createBrowser } from '../support/browser.js';
import { startProvider, type RunningProvider } from '../support/oidc-provider.js';
import { givenTool } from '../support/tool.js';

describe('login to a tool', () => {
  let provider: RunningProvider;
  beforeAll(async () => {
    provider = await startProvider();
  });
  afterAll(() => provider.close());
  const tool = (options: Parameters<typeof givenTool>[0] = {}) => givenTool({ issuer: provider.issuer, ...options });

  // @rule 1.2, 1.5, 1.17
  it('goes through the browser at a desk, prints the address first, and remembers who it was', async () => {
    const { authenticator, terminal, visits, again } = await tool();
    const result = await authenticator.login();
    expect(result).toMatchObject({
      method: 'authorization_code',
      username: 'alice-name',
      subject: 'alice',
      profile: 'default',
    });
    const address = terminal.lines.find((line) => line.startsWith(provider.issuer));
    expect(address).toContain('code_challenge_method=S256');
    expect(visits).toEqual([address]);
    const client = await again().getActiveClient();
    expect((await client.whoami()).subject).toBe('alice');
    expect(client.describe().winner).toMatchObject({ rule: 'active_profile', outcome: 'used' });
  });

  // @rule 1.16, 1.39
  it('goes by code far from a browser', async () => {
    const { authenticator, terminal, visits } = await tool({ remote: true });
    const login = authenticator.login();
    const userCode = await shownCode(terminal.lines);
    await approveDevice(`${provider.issuer}/device`, userCode);
    terminal.press('enter');
    expect(await login).toMatchObject({ method: 'device_code', username: 'alice-name' });
    expect(visits).toEqual([]);
  });

  // @rule 1.36, 1.40
  it('copies the code when asked, and polls at once on Enter', async () => {
    const { authenticator, terminal } = await tool();
    const login = authenticator.login({ method: 'device_code', noBrowser: true });
    const userCode = await shownCode(terminal.lines);
    terminal.press('c');
    await approveDevice(`${provider.issuer}/device`, userCode);
    const before = Date.now();
    await until(() => terminal.copied.length > 0);
    terminal.press('enter');
    await login;
    expect(terminal.copied).toEqual([userCode]);
    expect(Date.now() - before).toBeLessThan(4_000);
  });

  // @rule 1.17
  it('takes the address from the terminal when the browser cannot come back', async () => {
    const { authenticator, terminal } = await tool({ opens: async () => false });
    const login = authenticator.login({ method: 'authorization_code' });
    await until(() => terminal.questions.length > 0);
    terminal.answer('not a code = at all');
    await until(() => terminal.questions.length > 1);
    const shown = terminal.lines.find((line) => line.startsWith(provider.issuer)) ?? '';
    terminal.answer(await lastAddress(shown));
    expect(await login).toMatchObject({ method: 'authorization_code', subject: 'alice' });
  });

  it('changes to a code when the person asks for one', async () => {
    const { authenticator, terminal } = await tool({ opens: async () => false });
    const login = authenticator.login({ method: 'authorization_code' });
    await until(() => terminal.questions.length > 0);
    terminal.answer('d');
    await approveDevice(`${provider.issuer}/device`, await shownCode(terminal.lines));
    await new Promise((resolve) => setTimeout(resolve, 50));
    terminal.press('enter');
    terminal.press('enter');
    expect(await login).toMatchObject({ method: 'device_code' });
  });

  // @rule 1.5
  it('asks nothing when there is a usable session, and asks again with force', async () => {
    const { authenticator } = await tool();
    await authenticator.login({ method: 'authorization_code', timeoutMs: 20_000 });
    expect(await authenticator.login()).toMatchObject({ alreadyLoggedIn: true, username: 'alice-name' });
    const forced = await authenticator.login({ method: 'authorization_code', force: true });
    expect(forced.alreadyLoggedIn).toBe(false);
  });

  // @rule 3.29
  it('revokes the session that a new login replaces, after the new one is stored', async () => {
    const { authenticator, again } = await tool();
    await authenticator.login({ method: 'authorization_code' });
    const before = provider.paths.filter((path) => path === '/token/revocation').length;
    await authenticator.login({ method: 'authorization_code', force: true });
    expect(provider.paths.filter((path) => path === '/token/revocation').length).toBe(before + 1);
    expect((await (await again().getActiveClient()).whoami()).subject).toBe('alice');
  });

  // @rule 2.24
  it('opens one browser when ten commands need a login at once', async () => {
    const { again, visits } = await tool();
    const clients = await Promise.all(Array.from({ length: 10 }, () => again().getActiveClient({ login: 'prompt' })));
    const tokens = await Promise.all(clients.map((client) => client.getAccessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(visits).toHaveLength(1);
  });

  // @rule 2.25
  it('does not ask again by itself right after a login was ignored', async () => {
    const { again, authenticator } = await tool({ opens: async () => true });
    await authenticator.configureProfile('default', { method: 'authorization_code' });
    await expect(authenticator.login({ timeoutMs: 300 })).rejects.toMatchObject({ code: 'login_timeout' });
    const started = Date.now();
    await expect(again().getActiveClient({ login: 'prompt' })).rejects.toMatchObject({ code: 'login_timeout' });
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  // @rule 1.12, 1.14
  it.each([
    ['no terminal', { interactive: false }],
    ['continuous integration', { variables: { CI: '1' } }],
    ['another program', { variables: { CLAUDECODE: '1' } }],
    ['questions switched off', { variables: { MY_APP_NO_INPUT: '1' } }],
  ])('fails within a second and names what works: %s', async (_name, options) => {
    const { authenticator, visits } = await tool({ issuer: 'http://127.0.0.1:9', ...options });
    const started = Date.now();
    const error = await authenticator.login().catch((failure: unknown) => failure);
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(isAuthError(error, 'non_interactive') && error.exitCode).toBe(2);
    expect(describeError(error).split('\n')).toHaveLength(3);
    expect(describeError(error)).toContain('MY_APP_TOKEN');
    expect(describeError(error)).toContain('--no-wait');
    expect(visits).toEqual([]);
  });

  // @rule 1.15
  it('logs in by two steps without a terminal', async () => {
    const { authenticator, again, readTokenFile } = await tool({ interactive: false });
    const pending = await authenticator.startLogin();
    expect(pending).toMatchObject({ verificationUri: `${provider.issuer}/device`, profile: 'default' });
    expect(await readTokenFile()).toContain('pending');
    await approveDevice(pending.verificationUri, pending.userCode);
    const result = await again().completeLogin(pending.id);
    expect(result).toMatchObject({ method: 'device_code', username: 'alice-name' });
    expect(await readTokenFile()).not.toContain('pending-');
    await expect(again().completeLogin(pending.id)).rejects.toMatchObject({ code: 'config_invalid' });
  }, 30_000);

  // @rule 1.13, 3.27
  it('logs a program in with its secret, which stays out of every plain file', async () => {
    const { authenticator, configDir, readTokenFile } = await tool({ interactive: false, scopes: [] });
    const clientSecret = 'a secret with + / % and spaces';
    await authenticator.configureProfile('ci', { clientId: 'machine-client_secret_basic', clientSecret });
    expect(await authenticator.login({ profileName: 'ci' })).toMatchObject({ method: 'client_credentials' });
    const files = await Promise.all([readTokenFile(), readFile(join(configDir, 'profiles.json'), 'utf8')]);
    expect(files.join('')).not.toContain('spaces');
    const client = await authenticator.getActiveClient();
    expect(await client.getAccessToken()).toBeTypeOf('string');
    expect(client.describe().winner?.source).toContain('ci');
  });

  it('keeps an API key encrypted and sends it as a bearer token', async () => {
    const { authenticator, again, readTokenFile } = await tool();
    const key = Secret.from('authly_pat_0123456789');
    // oidc-provider knows no API keys, and says so: the key is then not believed.
    await expect(authenticator.login({ method: 'api_key', apiKey: key })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    await authenticator.configureProfile('default', { apiKey: 'authly_pat_0123456789' });
    expect(await readTokenFile()).not.toContain('authly_pat');
    const client = await again().getActiveClient();
    const headers = await client.getRequestHeaders(provider.issuer);
    expect(headers.get('authorization')).toBe('Bearer authly_pat_0123456789');
  });

  // @rule 1.44
  it('logs out on the server and here, and keeps the profile', async () => {
    const { authenticator, again, readTokenFile } = await tool();
    await authenticator.login({ method: 'authorization_code' });
    expect(await authenticator.logout()).toMatchObject({ revocation: 'revoked', deleted: true });
    expect(JSON.parse(await readTokenFile()).access_token).toBeUndefined();
    const error = await again()
      .getActiveClient()
      .catch((failure: unknown) => failure);
    expect(isAuthError(error, 'login_required') && error.hint).toBe('Run:  my-app login');
    expect((await authenticator.listProfiles()).map(({ name, loggedIn }) => [name, loggedIn])).toEqual([
      ['default', false],
    ]);
  });

  // @rule 1.44, 3.24
  it('logs out here although the server is gone', async () => {
    const gone = await startProvider();
    const { authenticator } = await tool({ issuer: gone.issuer });
    await authenticator.login({ method: 'authorization_code' });
    await gone.close();
    expect(await authenticator.logout()).toMatchObject({ revocation: 'failed', deleted: true });
  });

  // @rule 1.9, 3.9
  it('tells a session that was revoked on the server in three lines, and logs in again', async () => {
    const { authenticator, again, configDir, env } = await tool();
    await authenticator.login({ method: 'authorization_code' });
    const client = await authenticator.getActiveClient();
    await client.revoke();
    await expire(configDir, env);
    const error = await (await again().getActiveClient()).getAccessToken().catch((failure: unknown) => failure);
    expect(describeError(error)).toBe(
      [
        '✗ Your session for profile "default" has expired.',
        '  The refresh token was revoked on the server.',
        '  Run:  my-app login',
      ].join('\n'),
    );
    expect(await again().status()).toMatchObject({ authenticated: false, username: 'alice-name' });
    expect(await authenticator.login({ method: 'authorization_code' })).toMatchObject({ alreadyLoggedIn: false });
  });

  // @rule 1.6, 1.7, 1.9, 1.45
  it('shows the status offline, with the source and the warnings', async () => {
    const { authenticator, again } = await tool();
    await authenticator.login({ method: 'authorization_code' });
    expect(await again().status()).toMatchObject({
      authenticated: true,
      username: 'alice-name',
      method: 'authorization_code',
      refreshable: true,
      storage: { backend: 'keyfile+file', encrypted: true },
    });
    const overridden = again({ env: { ...process.env, MY_APP_TOKEN: 'a-token', HOME: (await tool()).env.HOME } });
    expect(await overridden.status()).toMatchObject({
      source: 'MY_APP_TOKEN',
      overrides: [{ env: 'MY_APP_TOKEN', active: true }],
    });
  });

  // @rule 3.30
  it('logs in again after the stored sessions were damaged, and keeps the damaged file', async () => {
    const { authenticator, again, configDir, terminal } = await tool();
    await authenticator.login({ method: 'authorization_code' });
    await writeFile(join(configDir, 'credentials.json'), 'not json');
    await expect(again().getActiveClient()).rejects.toMatchObject({ code: 'storage_corrupt' });
    expect(await again().login({ method: 'authorization_code' })).toMatchObject({ alreadyLoggedIn: false });
    expect(terminal.lines.join('\n')).toContain('damaged-');
  });

  // @rule 3.5
  it('can be cancelled', async () => {
    const { authenticator } = await tool({ opens: async () => true });
    const login = authenticator.login({ method: 'authorization_code', signal: AbortSignal.timeout(200) });
    await expect(login).rejects.toMatchObject({ code: 'login_cancelled', exitCode: 130 });
  });
});

async function shownCode(lines: readonly string[]): Promise<string> {
  await until(() => lines.some((line) => line.startsWith('Your code:')));
  return (lines.find((line) => line.startsWith('Your code:')) ?? '').replace('Your code:', '').trim();
}

/** Where a browser on another computer would get stuck: the address with the code, which the listener here never sees. */
async function lastAddress(url: string): Promise<string> {
  const redirect = new URL(url).searchParams.get('redirect_uri') ?? '';
  return createBrowser().stopAt(url, redirect);
}

async function expire(configDir: string, env: Record<string, string>): Promise<void> {
  const { createTokenStore } = await import('../../src/index.js');
  const store = await createTokenStore({ kind: 'file', dir: configDir, appName: 'my-app', env });
  for (const { key } of await store.list()) {
    await store.update(key, (record) => record && { ...record, expiresAt: Date.now() - 1 });
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
