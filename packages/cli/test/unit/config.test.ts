import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/config.js';
import { modeOf } from '../../src/config/mode.js';
import { nearest } from '../../src/config/nearest.js';
import { CliError } from '../../src/errors/cli-error.js';
import type { SharedValues } from '../../src/program/shared-options.js';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'authly-config-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const write = (text: string) => writeFileSync(join(home, 'config.toml'), text);
const resolve = (shared: SharedValues = {}, env: NodeJS.ProcessEnv = {}) =>
  resolveConfig(shared, { HOME: '/home/somebody', AUTHLY_HOME: home, ...env });

async function refusal(promise: Promise<unknown>): Promise<CliError> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof CliError) return error;
  throw new Error('nothing was refused', { cause: error });
}

const GUIDE = `
[api]
url = "https://auth.mycompany.com"
timeout = 10

[auth]
auto_refresh = false
token_file = "~/.authly/tokens.json"

[output]
default_format = "json"
show_timestamps = false
`;

describe('settings', () => {
  test('without anything are the defaults', async () => {
    const { values, sources } = await resolve();
    expect(values).toMatchObject({
      apiUrl: 'http://localhost:8000',
      timeout: 30,
      autoRefresh: true,
      output: 'table',
      showTimestamps: true,
    });
    expect(values.tokenFile).toBe(join(home, 'tokens.json'));
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });

  test('come from the file of the guide', async () => {
    write(GUIDE);
    const { values, sources } = await resolve();
    expect(values).toMatchObject({
      apiUrl: 'https://auth.mycompany.com',
      timeout: 10,
      autoRefresh: false,
      tokenFile: '/home/somebody/.authly/tokens.json',
      output: 'json',
      showTimestamps: false,
    });
    expect(sources.apiUrl).toBe(`${join(home, 'config.toml')} (api.url)`);
  });

  test('from a flag beat the environment, which beats the file', async () => {
    write(GUIDE);
    const env = { AUTHLY_API_URL: 'http://env:1', AUTHLY_OUTPUT: 'table', AUTHLY_API_TIMEOUT: '7' };
    const { values, sources } = await resolve({ apiUrl: 'http://flag:1/' }, env);
    expect(values).toMatchObject({ apiUrl: 'http://flag:1', timeout: 7, output: 'table' });
    expect(sources).toMatchObject({ apiUrl: '--api-url', timeout: 'AUTHLY_API_TIMEOUT', output: 'AUTHLY_OUTPUT' });
  });

  test('the address for administrators beats the general one', async () => {
    const { values } = await resolve({}, { AUTHLY_API_URL: 'http://a:1', AUTHLY_ADMIN_API_URL: 'http://b:2' });
    expect(values.apiUrl).toBe('http://b:2');
  });

  test('an empty variable is one that is not set', async () => {
    expect((await resolve({}, { AUTHLY_API_URL: '' })).sources.apiUrl).toBe('default');
  });

  test('an unknown key is named with what was probably meant, and stops nothing', async () => {
    write('[api]\nurll = "http://x"\n[outptu]\ndefault_format = "json"\n[zzz]\nq = 1\n');
    const { file } = await resolve();
    expect(file.warnings.join('\n')).toMatch(/unknown key "api\.urll"; did you mean "api\.url"\?/);
    expect(file.warnings.join('\n')).toMatch(/"outptu\.default_format"; did you mean "output\.default_format"\?/);
    expect(file.warnings.join('\n')).toMatch(/"zzz\.q" is ignored/);
  });

  test('profiles and the keys of logins are no unknown keys', async () => {
    write('active_profile = "dev"\n[auth]\nstorage = "file"\nclient_id = "x"\n[profiles.dev]\nissuer = "https://x"\n');
    expect((await resolve()).file.warnings).toEqual([]);
  });

  test('a file that is not TOML is refused with the place of the mistake', async () => {
    write('[api]\nurl = \n');
    expect(await refusal(resolve())).toMatchObject({ exitCode: 5, code: 'config_invalid' });
    expect((await refusal(resolve())).reason).toMatch(/Line 2/);
  });

  test('a wrong value is refused by the name of its origin', async () => {
    write('[api]\ntimeout = "soon"\n');
    expect((await refusal(resolve())).message).toContain('api.timeout');
    for (const [name, value] of [
      ['AUTHLY_API_URL', 'ftp://x'],
      ['AUTHLY_OUTPUT', 'yaml'],
      ['AUTHLY_AUTO_REFRESH', 'perhaps'],
      ['AUTHLY_STORAGE', 'cloud'],
    ] as const) {
      rmSync(join(home, 'config.toml'), { force: true });
      expect((await refusal(resolve({}, { [name]: value }))).message).toBe(`${name} is not usable`);
    }
  });

  test('an address with a password in it is refused, and the password not repeated', async () => {
    const { message, reason, hint } = await refusal(resolve({ apiUrl: 'http://user:hunter2@host' }));
    expect(`${message} ${reason} ${hint}`).not.toContain('hunter2');
  });

  test('a file that was named must be there', async () => {
    expect((await refusal(resolve({ config: join(home, 'other.toml') }))).reason).toBe('There is no such file.');
  });
});

describe('the resource mode', () => {
  test('is cli by itself, and any of the names of the guide', () => {
    expect(modeOf({})).toBe('cli');
    const names = {
      cli: 'cli',
      admin: 'cli',
      production: 'production',
      prod: 'production',
      embed: 'embedded',
      dev: 'embedded',
      development: 'embedded',
      Testing: 'testing',
      test: 'testing',
    };
    for (const [name, mode] of Object.entries(names)) expect(modeOf({ AUTHLY_MODE: name }), name).toBe(mode);
    expect(modeOf({ AUTHLY_MODE: 'turbo' })).toBeUndefined();
  });
});

test('the nearest word is one that is near', () => {
  expect(nearest('timeot', ['timeout', 'url'])).toBe('timeout');
  expect(nearest('xyz', ['timeout', 'url'])).toBeUndefined();
});
