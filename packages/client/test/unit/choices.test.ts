import { mkdtemp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  AuthClient,
  Secret,
  createMemoryStore,
  createTokenStore,
  isAuthError,
  type StoredRecord,
} from '../../src/index.js';
import { CLIAuthenticator, createBrowserOpener, parseMethod, surroundingsOf } from '../../src/cli.js';
import { browserCommands } from '../../src/flows/browser/open-browser.js';
import { chooseMethod } from '../../src/login/choose-method.js';
import { profileKey } from '../../src/store/cache-key.js';

const url = 'https://auth.example.com/authorize?a=1&b=%27%22$(x)';

describe('the place where a program runs', () => {
  const desk = {
    terminalInteractive: true,
    noInput: false,
    env: { DISPLAY: ':0' },
    platform: 'linux',
    exists: () => false,
  } as const;

  it('is a desk with a display and a terminal', () => {
    expect(surroundingsOf(desk)).toEqual({ interactive: true, because: undefined, remote: false });
  });

  // @rule 1.16
  it.each([
    'SSH_CONNECTION',
    'SSH_TTY',
    'CODESPACES',
    'REMOTE_CONTAINERS',
    'GITPOD_WORKSPACE_ID',
    'KUBERNETES_SERVICE_HOST',
  ])('is far away with %s', (name) => {
    expect(surroundingsOf({ ...desk, env: { ...desk.env, [name]: '1' } }).remote).toBe(true);
  });

  // @rule 1.16
  it('is far away in a container and without a display, but not on a Mac or in WSL', () => {
    expect(surroundingsOf({ ...desk, exists: (path) => path === '/.dockerenv' }).remote).toBe(true);
    expect(surroundingsOf({ ...desk, env: {} }).remote).toBe(true);
    expect(surroundingsOf({ ...desk, env: {}, platform: 'darwin' }).remote).toBe(false);
    expect(surroundingsOf({ ...desk, env: { WSL_DISTRO_NAME: 'Ubuntu' } }).remote).toBe(false);
  });

  // @rule 1.12
  it.each([
    [{ terminalInteractive: false }, 'terminal'],
    [{ noInput: true }, 'switched off'],
    [{ env: { CI: 'true' } }, 'CI is set'],
    [{ env: { GEMINI_CLI: '1' } }, 'GEMINI_CLI'],
  ])('has nobody to ask with %o', (change, reason) => {
    const place = surroundingsOf({ ...desk, ...change });
    expect(place.interactive).toBe(false);
    expect(place.because).toContain(reason);
  });

  // @rule 1.12
  it('has somebody to ask when a variable says no', () => {
    expect(surroundingsOf({ ...desk, env: { ...desk.env, CI: 'false', CLAUDECODE: '0' } }).interactive).toBe(true);
  });
});

describe('the login method', () => {
  const desk = { interactive: true, remote: false };

  // @rule 1.11
  it('is the one that was asked for, then the configured one', () => {
    expect(chooseMethod({ asked: 'password', configured: 'device_code', surroundings: desk })).toBe('password');
    expect(chooseMethod({ asked: 'auto', configured: 'device_code', surroundings: desk })).toBe('device_code');
  });

  // @rule 1.16, 1.17
  it('is the browser at a desk and a code elsewhere', () => {
    expect(chooseMethod({ surroundings: desk })).toBe('authorization_code');
    expect(chooseMethod({ surroundings: { ...desk, remote: true } })).toBe('device_code');
    expect(chooseMethod({ surroundings: desk, noBrowser: true })).toBe('device_code');
  });

  it('is what the server offers', () => {
    const offers = { device: false, browser: true };
    expect(chooseMethod({ surroundings: { ...desk, remote: true }, offers })).toBe('authorization_code');
    expect(chooseMethod({ surroundings: desk, offers: { device: true, browser: false } })).toBe('device_code');
  });

  // @rule 1.13
  it('is a machine credential or nothing where nobody can be asked', () => {
    const surroundings = { interactive: false, remote: false };
    expect(chooseMethod({ surroundings, machine: 'client_credentials' })).toBe('client_credentials');
    expect(chooseMethod({ surroundings })).toBeUndefined();
  });

  it('is read as people type it', () => {
    expect(['browser', 'device', 'client-credentials', 'API-key', 'auto'].map(parseMethod)).toEqual([
      'authorization_code',
      'device_code',
      'client_credentials',
      'api_key',
      'auto',
    ]);
    expect(() => parseMethod('magic')).toThrow('no such login method');
  });
});

describe('opening a browser', () => {
  // @rule 1.29
  it.each(['linux', 'darwin', 'win32'] as const)(
    'passes the address as one argument and never through a shell on %s',
    (platform) => {
      for (const command of browserCommands(url, { env: {}, platform })) {
        expect(command.at(-1)).toBe(url);
        expect(command[0]).not.toMatch(/cmd|sh$/);
      }
    },
  );

  // @rule 1.29
  it('asks Windows from WSL, quoted, and explorer never', () => {
    const commands = browserCommands(url, { env: { WSL_DISTRO_NAME: 'Ubuntu' }, platform: 'linux' });
    expect(commands.map(([program]) => program)).toEqual(['wslview', 'powershell.exe', 'xdg-open']);
    expect(browserCommands("https://a.example/it's", { env: { WSL_INTEROP: '1' }, platform: 'linux' })[1]?.at(-1)).toBe(
      "Start-Process 'https://a.example/it''s'",
    );
  });

  // @rule 1.29
  it('honours the own variable before BROWSER, and none', () => {
    const env = { BROWSER: 'firefox --new-window %s', MY_APP_BROWSER: 'none' };
    expect(browserCommands(url, { env })).toEqual([['firefox', '--new-window', url]]);
    expect(browserCommands(url, { env, variable: 'MY_APP_BROWSER' })).toEqual([]);
  });

  // @attack hostile address reaches a shell (CVE-2025-6514)
  // @rule 1.28
  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'http://example.com', 'calc.exe', 'https://a@b.example'])(
    'refuses %s',
    async (address) => {
      const launched: unknown[] = [];
      const launch = async (command: readonly string[]) => launched.push(command) > 0;
      await expect(createBrowserOpener({ launch, env: {} })(address)).rejects.toMatchObject({ code: 'config_invalid' });
      expect(launched).toEqual([]);
    },
  );

  it('tries the next launcher when one is missing', async () => {
    const tried: string[] = [];
    const launch = async ([program = '']: readonly string[]) => tried.push(program) === 2;
    expect(await createBrowserOpener({ launch, env: { WSL_INTEROP: '1' }, platform: 'linux' })(url)).toBe(true);
    expect(tried).toEqual(['wslview', 'powershell.exe']);
  });
});

describe('where a credential comes from', () => {
  const issuer = 'https://auth.example.com';
  const record = (profile: string, change: Partial<StoredRecord> = {}): StoredRecord => ({
    key: `session-${profile}`,
    kind: 'session',
    profile,
    issuer,
    clientId: 'cli',
    method: 'device_code',
    scopes: [],
    obtainedAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
    refreshable: true,
    status: 'active',
    secrets: { accessToken: `token-of-${profile}`, refreshToken: 'r' },
    ...change,
  });

  async function given(
    options: { env?: Record<string, string>; config?: string; records?: StoredRecord[]; client?: object } = {},
  ) {
    const configDir = await mkdtemp(join(tmpdir(), 'authly-rules-'));
    await mkdir(configDir, { recursive: true });
    if (options.config) await writeFile(join(configDir, 'config.toml'), options.config);
    const store = createMemoryStore(options.records ?? []);
    return new AuthClient({ appName: 'my-app', configDir, env: options.env ?? {}, store, ...options.client });
  }

  const profiles = `
active_profile = "dev"
[profiles.dev]
issuer = "${issuer}"
client_id = "cli"
[profiles.prod]
issuer = "${issuer}"
client_id = "cli"
`;
  const records = [record('dev'), record('prod'), record('default')];

  // @rule 3.2
  it('follows the order of the rules, and names the winner and the losers', async () => {
    const everything = {
      MY_APP_TOKEN: 'env-token',
      MY_APP_API_KEY: 'env-key',
      MY_APP_CLIENT_ID: 'ci',
      MY_APP_CLIENT_SECRET: 's',
      MY_APP_ISSUER: issuer,
      MY_APP_PROFILE: 'prod',
    };
    const without = (...names: string[]) =>
      Object.fromEntries(Object.entries(everything).filter(([name]) => !names.includes(name)));
    const machine = ['MY_APP_CLIENT_ID', 'MY_APP_CLIENT_SECRET'];
    const cases: readonly [string, Parameters<typeof given>[0], string][] = [
      ['explicit', { client: { apiKey: Secret.from('explicit-key') }, env: everything }, 'explicit-key'],
      ['explicit_profile', { client: { profile: 'prod' }, env: everything }, 'token-of-prod'],
      ['env_token', { env: everything }, 'env-token'],
      ['env_api_key', { env: without('MY_APP_TOKEN') }, 'env-key'],
      ['env_profile', { env: without('MY_APP_TOKEN', 'MY_APP_API_KEY', ...machine) }, 'token-of-prod'],
      ['active_profile', {}, 'token-of-dev'],
      ['default_profile', { config: '' }, 'token-of-default'],
    ];
    for (const [rule, options, token] of cases) {
      const client = await given({ config: profiles, records, ...options });
      expect(await client.getAccessToken()).toBe(token);
      expect(client.describe().winner).toMatchObject({ rule, outcome: 'used' });
    }
    const client = await given({ env: everything, config: profiles, records });
    await client.getAccessToken();
    expect(client.describe().considered.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      'explicit absent',
      'explicit_profile absent',
      'env_token used',
      'env_api_key overridden',
      'env_client_credentials overridden',
      'env_profile overridden',
      'active_profile overridden',
      'default_profile overridden',
    ]);
  });

  // @rule 3.2
  it('can be pinned to one method', async () => {
    const env = { MY_APP_TOKEN: 'env-token', MY_APP_API_KEY: 'env-key', MY_APP_AUTH_METHOD: 'api_key' };
    const client = await given({ env });
    expect(await client.getAccessToken()).toBe('env-key');
    expect(client.describe().considered.find(({ rule }) => rule === 'env_token')?.outcome).toBe('excluded');
  });

  // @rule 3.3
  it('reads no variable of another program', async () => {
    const client = await given({ env: { GITHUB_TOKEN: 'x', TOKEN: 'y', AUTHLY_TOKEN: 'z' } });
    const error = await client.getAccessToken().catch((failure: unknown) => failure);
    expect(isAuthError(error, 'login_required') && error.reason).toContain('MY_APP_TOKEN');
  });

  it('says that a profile is not there', async () => {
    const client = await given({ client: { profile: 'nope' } });
    await expect(client.getAccessToken()).rejects.toMatchObject({ code: 'profile_not_found', exitCode: 4 });
  });

  // @rule 2.12
  it('never sends a token to the server that a profile was changed to', async () => {
    const config = profiles.replace(
      `[profiles.dev]\nissuer = "${issuer}"`,
      '[profiles.dev]\nissuer = "https://other.example"',
    );
    await expect((await given({ config, records })).getAccessToken()).rejects.toMatchObject({ code: 'login_required' });
    const secret = record('dev', { key: profileKey('dev'), kind: 'profile', secrets: { apiKey: 'k' } });
    await expect((await given({ config, records: [secret] })).getAccessToken()).rejects.toMatchObject({
      code: 'storage_denied',
    });
  });

  // @rule 3.1
  it('is nothing before the first use: no file is read and nothing is asked', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'authly-nothing-'));
    const places = { configDir: join(directory, 'config'), env: { HOME: directory } };
    const fetch = () => Promise.reject(new Error('something was asked'));
    const keyring = () => Promise.reject(new Error('the keyring was asked'));
    // A configuration that cannot be read would be noticed.
    await mkdir(places.configDir);
    await writeFile(join(places.configDir, 'config.toml'), 'not [ toml');
    const client = new AuthClient({ ...places, fetch, keyring });
    expect(client.describe()).toEqual({ winner: undefined, considered: [] });
    expect(new CLIAuthenticator({ appName: 'my-app', ...places, fetch, keyring })).toBeDefined();
    await createTokenStore({ dir: places.configDir, stateDir: directory, keyring });
    expect([await readdir(directory), await readdir(places.configDir)]).toEqual([['config'], ['config.toml']]);
  });
});
