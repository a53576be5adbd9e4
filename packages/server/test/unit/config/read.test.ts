import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/config/configuration-error.ts';
import { type ConfigurationSources, readConfiguration, readDatabaseUrl } from '../../../src/config/read.ts';
import { SETTINGS } from '../../../src/config/settings.ts';

let home: string;

const PRODUCTION = {
  DATABASE_URL: 'postgresql://authly:x9@db.internal:5432/authly',
  AUTHLY_ISSUER: 'https://login.example',
  JWT_SECRET_KEY: 'pK2vQ8nL5xW1tR7yB4mZ9cJ3hF6gD0sA',
  JWT_REFRESH_SECRET_KEY: 'Zq7Xw3Ec9Rv5Tb1Yn8Um4Ik2Ol6Pa0Sd',
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'authly-config-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

function read(environment: Record<string, string | undefined>, more: Partial<ConfigurationSources> = {}) {
  return readConfiguration({ environment: { AUTHLY_HOME: home, ...environment }, ...more });
}

async function problemsOf(environment: Record<string, string | undefined>, more: Partial<ConfigurationSources> = {}) {
  const error: unknown = await read(environment, more).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error === undefined) return {};
  if (!(error instanceof ConfigurationError)) throw error;
  return Object.fromEntries(error.problems.map(({ where, what }) => [where, what]));
}

async function file(text: string): Promise<string> {
  const path = join(await mkdtemp(join(home, 'file-')), 'authly.toml');
  await writeFile(path, text);
  return path;
}

describe('what wins', () => {
  test('a flag wins over the environment, which wins over the file, which wins over the default', async () => {
    const configFile = await file('port = 1\nworkers = 2\n[login]\nrate_limit = 3\n');
    const { settings } = await read(
      { ...PRODUCTION, AUTHLY_PORT: '4', AUTHLY_WORKERS: '5' },
      { configFile, flags: { port: 6 } },
    );
    expect([settings.port, settings.workers, settings['login.rate_limit'], settings['login.rate_window']]).toEqual([
      6, 5, 3, 60,
    ]);
  });

  test('the first of several variables for a setting wins', async () => {
    const { settings } = await read({ ...PRODUCTION, PORT: '1', AUTHLY_PORT: '2' });
    expect(settings.port).toBe(2);
  });

  test('a variable that is set to nothing counts as not set', async () => {
    const { settings } = await read({ ...PRODUCTION, AUTHLY_PORT: '' });
    expect(settings.port).toBe(8000);
  });

  test.each([
    ['prod', 5, 20],
    ['embed', 2, 8],
    ['development', 2, 8],
    ['admin', 1, 3],
    ['TEST', 1, 10],
  ])('the mode %s has pools of its own', async (mode, least, most) => {
    const { settings } = await read({ ...PRODUCTION, AUTHLY_MODE: mode });
    expect([settings['database.pool_min'], settings['database.pool_max']]).toEqual([least, most]);
  });

  test('the standalone image has the defaults of an embedded server', async () => {
    const { settings } = await read({ ...PRODUCTION, AUTHLY_STANDALONE: 'true' });
    expect(settings['password_grant.enabled']).toBe(true);
    expect(settings['introspection.auth']).toBe('none');
    expect(settings['password_change.enforced']).toBe(false);
  });

  test('a lifetime is a whole number of seconds, in whatever unit it is written', async () => {
    expect(
      (await read({ ...PRODUCTION, AUTHLY_ACCESS_TOKEN_LIFETIME: '1.5m' })).settings['tokens.access_lifetime'],
    ).toBe(90);
    for (const given of [{ AUTHLY_ACCESS_TOKEN_LIFETIME: '90.5' }, { ACCESS_TOKEN_EXPIRE_MINUTES: '1.001' }])
      expect(Object.values(await problemsOf({ ...PRODUCTION, ...given }))).toEqual([
        expect.stringContaining('without a fraction'),
      ]);
  });

  test('every number has a smallest and a largest value, so that no start-up takes one that a later request fails on', () => {
    const numbers = Object.entries(SETTINGS).filter(([, { type }]) => type === 'integer' || type === 'seconds');
    expect(numbers.length).toBeGreaterThan(20);
    for (const [name, { min, max }] of numbers) {
      expect(min, name).toBeGreaterThanOrEqual(0);
      expect(max, name).toBeLessThanOrEqual(2_147_483_647);
    }
  });

  test('minutes and days of older versions become seconds', async () => {
    const { settings } = await read({
      ...PRODUCTION,
      ACCESS_TOKEN_EXPIRE_MINUTES: '30',
      REFRESH_TOKEN_EXPIRE_DAYS: '2',
    });
    expect([settings['tokens.access_lifetime'], settings['tokens.refresh_lifetime']]).toEqual([1800, 172800]);
  });

  test('durations, lists and log levels may be written as people write them', async () => {
    const { settings } = await read({
      ...PRODUCTION,
      AUTHLY_SESSION_IDLE: '12h',
      AUTHLY_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1',
      LOG_LEVEL: 'WARNING',
    });
    expect(settings['sessions.idle']).toBe(43_200);
    expect(settings.trusted_proxies).toEqual(['10.0.0.0/8', '192.0.2.1']);
    expect(settings['log.level']).toBe('warn');
  });

  test('a secret may come from a file, without its last line end', async () => {
    const path = join(home, 'secret');
    await writeFile(path, `${PRODUCTION.JWT_SECRET_KEY}\n`);
    const { settings } = await read({ ...PRODUCTION, JWT_SECRET_KEY: undefined, JWT_SECRET_KEY_FILE: path });
    expect(settings['secrets.jwt_secret_key']).toBe(PRODUCTION.JWT_SECRET_KEY);
  });

  test('an embedded server needs no settings', async () => {
    const { settings, embedded } = await read({}, { embedded: 'always' });
    expect([settings.mode, settings.issuer, embedded]).toEqual(['embedded', undefined, true]);
  });

  test('embedded mode with a database of someone else starts none', async () => {
    const { embedded } = await read({ ...PRODUCTION, AUTHLY_MODE: 'embedded' }, { embedded: 'if-needed' });
    expect(embedded).toBe(false);
  });
});

describe('what is refused', () => {
  test('production without settings names everything that is missing, with what to set', async () => {
    const problems = await problemsOf({});
    expect(Object.keys(problems).toSorted()).toEqual([
      'AUTHLY_ISSUER',
      'DATABASE_URL',
      'JWT_REFRESH_SECRET_KEY',
      'JWT_SECRET_KEY',
    ]);
    expect(problems['DATABASE_URL']).toContain('--embedded');
    expect(problems['JWT_SECRET_KEY']).toContain('openssl rand');
  });

  test('all problems are reported at once', async () => {
    const configFile = await file('prot = 1\n[tokens]\naccess_lifetime = "soon"\n');
    const problems = await problemsOf({ AUTHLY_PORT: 'many', AUTHLY_ISUER: 'https://a.example' }, { configFile });
    expect(problems).toMatchObject({
      [`${configFile}: prot`]: 'is not a setting: did you mean port?',
      [`${configFile}: tokens.access_lifetime`]: 'must be a number of seconds (it is "soon")',
      AUTHLY_PORT: 'must be a whole number (it is "many")',
      DATABASE_URL: expect.stringContaining('is not set'),
    });
    expect(problems['AUTHLY_ISUER']).toContain('did you mean AUTHLY_ISSUER?');
  });

  test.each([
    'my-secret',
    'dev-standalone-insecure-key-change-me-now',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'abcdefghabcdefghabcdefghabcdefgh',
    'T0o-Sh0rt-t0-be-any-g00d',
  ])('the secret %s is too weak for production', async (secret) => {
    const problems = await problemsOf({ ...PRODUCTION, JWT_SECRET_KEY: secret });
    expect(problems['JWT_SECRET_KEY']).toContain('openssl rand');
  });

  test('weak secrets are only a warning in the standalone image', async () => {
    const { warnings } = await read({
      ...PRODUCTION,
      AUTHLY_STANDALONE: 'true',
      JWT_SECRET_KEY: 'dev-standalone-insecure-key',
      AUTHLY_TRUSTED_PROXIES: '127.0.0.1',
    });
    expect(warnings.map(({ where }) => where)).toEqual(['JWT_SECRET_KEY']);
  });

  test('a well-known password that can be reached from elsewhere is a warning in the standalone image', async () => {
    const { warnings } = await read({
      ...PRODUCTION,
      AUTHLY_STANDALONE: 'true',
      AUTHLY_HOST: '0.0.0.0',
      AUTHLY_ADMIN_PASSWORD: 'admin',
      AUTHLY_TRUSTED_PROXIES: '127.0.0.1',
    });
    expect(warnings.map(({ where }) => where)).toEqual(['AUTHLY_ADMIN_PASSWORD']);
  });

  test('two equal secrets are refused', async () => {
    const problems = await problemsOf({ ...PRODUCTION, JWT_REFRESH_SECRET_KEY: PRODUCTION.JWT_SECRET_KEY });
    expect(problems['JWT_SECRET_KEY and JWT_REFRESH_SECRET_KEY']).toContain('are the same');
  });

  test('a secret never appears in what is said about it', async () => {
    const secret = 'correct-horse-change-me';
    const database = 'mysql://root:hunter2hunter2@db/authly';
    const error: unknown = await read({ ...PRODUCTION, JWT_SECRET_KEY: secret, DATABASE_URL: database }).catch(
      (caught: unknown) => caught,
    );
    expect(String(error)).toContain('DATABASE_URL must be a PostgreSQL connection string');
    expect(String(error)).not.toMatch(/correct-horse|hunter2/);
  });

  test.each([
    ['http://login.example', 'must start with https://'],
    ['https://login.example?tenant=1', 'must have neither query nor fragment'],
    ['https://login.example#top', 'must have neither query nor fragment'],
    ['https://login.example/', 'must not end with a slash'],
    ['https://LOGIN.example', 'must be written as https://login.example'],
    ['https://user:pass@login.example', 'must not hold credentials'],
    ['login.example', 'must be a URL'],
  ])('the issuer %s is refused', async (issuer, reason) => {
    const problems = await problemsOf({ ...PRODUCTION, AUTHLY_ISSUER: issuer });
    expect(problems['AUTHLY_ISSUER']).toContain(reason);
  });

  test.each([
    'https://login.example',
    'https://login.example/tenant',
    'http://localhost:8000',
    'http://127.0.0.1:8000',
  ])('the issuer %s is accepted', async (issuer) => {
    const { settings } = await read({ ...PRODUCTION, AUTHLY_ISSUER: issuer });
    expect(settings.issuer).toBe(issuer);
  });

  test('a well-known administrator password is refused where others can reach the port', async () => {
    const open = { ...PRODUCTION, AUTHLY_ADMIN_PASSWORD: 'Test123!', AUTHLY_HOST: '0.0.0.0' };
    expect((await problemsOf(open))['AUTHLY_ADMIN_PASSWORD']).toContain('well-known');
    expect(await problemsOf({ ...open, AUTHLY_HOST: '127.0.0.1' })).toEqual({});
    expect(await problemsOf({ ...open, AUTHLY_STANDALONE: 'true' })).toEqual({});
  });

  test('a variable and its file cannot both be set', async () => {
    const problems = await problemsOf({ ...PRODUCTION, JWT_SECRET_KEY_FILE: '/nowhere' });
    expect(problems['JWT_SECRET_KEY and JWT_SECRET_KEY_FILE']).toContain('set only one');
  });

  test('a secret file that is not there is named', async () => {
    const problems = await problemsOf({
      ...PRODUCTION,
      DATABASE_URL: undefined,
      DATABASE_URL_FILE: join(home, 'none'),
    });
    expect(problems['DATABASE_URL_FILE']).toContain('ENOENT');
  });

  test('an https address and no named proxy is worth a warning', async () => {
    const warned = async (more: Record<string, string>) =>
      (await read({ ...PRODUCTION, ...more })).warnings.map(({ where }) => where);
    expect(await warned({})).toEqual(['AUTHLY_TRUSTED_PROXIES']);
    expect(await warned({ AUTHLY_TRUSTED_PROXIES: '127.0.0.1' })).toEqual([]);
    expect(await warned({ AUTHLY_ISSUER: 'http://localhost:8000' })).toEqual([]);
  });

  test('a config file that was named must exist and be TOML', async () => {
    const missing = join(home, 'none.toml');
    expect((await problemsOf({ ...PRODUCTION, AUTHLY_CONFIG: missing }))[missing]).toContain('cannot be read');
    const broken = await file('port = \n');
    expect((await problemsOf(PRODUCTION, { configFile: broken }))[broken]).toContain('line 1');
  });

  test('bad networks, origins, prefixes and colours are refused', async () => {
    const problems = await problemsOf({
      ...PRODUCTION,
      AUTHLY_TRUSTED_PROXIES: '10.0.0.0/33, example.org',
      AUTHLY_CORS_ORIGINS: 'https://app.example/path',
      AUTHLY_API_PREFIX: 'api/',
      AUTHLY_THEME_ACCENT: 'green',
      AUTHLY_POOL_MIN: '30',
    });
    expect(Object.keys(problems).toSorted()).toEqual([
      'AUTHLY_API_PREFIX',
      'AUTHLY_CORS_ORIGINS',
      'AUTHLY_POOL_MIN',
      'AUTHLY_THEME_ACCENT',
      'AUTHLY_TRUSTED_PROXIES',
    ]);
  });
});

test.each([
  'AUTHLY_API_URL',
  'AUTHLY_HOME',
  'AUTHLY_ADMIN_API_URL',
  'AUTHLY_TOKEN',
  'AUTHLY_API_KEY',
  'AUTHLY_PROFILE',
  'AUTHLY_CLIENT_ID',
  'AUTHLY_CLIENT_SECRET',
  'AUTHLY_STORAGE',
  'AUTHLY_NO_INPUT',
  'AUTHLY_DEBUG_HTTP',
  'AUTHLY_DEV_MODE',
  'AUTHLY_BROWSER',
  'AUTHLY_KEYRING_PASSPHRASE',
  'S6_SERVICE_NAME',
  'AUTHLY_ENVIRONMENT',
  'AUTHLY_REDIS_RATE_LIMIT',
  'AUTHLY_REDIS_CACHE',
  'AUTHLY_REDIS_POOL_SIZE',
  'AUTHLY_CACHE_TTL_PERMISSION',
  'AUTHLY_SECURITY_HSTS_ENABLED',
  'AUTHLY_SECURITY_CSP_ENABLED',
  'AUTHLY_SERVICE_HOST',
  'AUTHLY_SERVICE_PORT',
  'AUTHLY_PORT_8000_TCP',
])('the variable %s of another program is left alone', async (variable) => {
  expect(await problemsOf({ ...PRODUCTION, [variable]: home })).toEqual({});
});

describe('the database for a migration', () => {
  test('needs nothing else to be set', async () => {
    const url = await readDatabaseUrl({ environment: { AUTHLY_HOME: home, DATABASE_URL: PRODUCTION.DATABASE_URL } });
    expect(url).toBe(PRODUCTION.DATABASE_URL);
  });

  test('is refused when it is missing', async () => {
    await expect(readDatabaseUrl({ environment: { AUTHLY_HOME: home } })).rejects.toThrow('DATABASE_URL is not set');
  });
});
