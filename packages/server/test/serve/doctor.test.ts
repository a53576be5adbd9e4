import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { examine } from '../../src/serve/doctor/doctor.ts';
import { type Finding, RULES } from '../../src/serve/doctor/finding.ts';
import { sarifOf } from '../../src/serve/doctor/sarif.ts';
import { givenAuthenticator } from '../support/authenticator.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** An installation that is as it should be, but for what a test says. */
function installation(server: TestServer): Record<string, string> {
  return {
    DATABASE_URL: server.databaseUrl,
    JWT_SECRET_KEY: server.context.settings['secrets.jwt_secret_key'] ?? '',
    JWT_REFRESH_SECRET_KEY: server.context.settings['secrets.jwt_refresh_secret_key'] ?? '',
    AUTHLY_ISSUER: 'https://login.example.com',
    AUTHLY_TRUSTED_PROXIES: '10.0.0.1',
    AUTHLY_SMTP_URL: 'smtp://mail.example.com:587',
    AUTHLY_MAIL_FROM: 'login@example.com',
  };
}

const rulesOf = (findings: readonly Finding[]) => findings.map(({ rule, level }) => `${level} ${rule}`);
/** The database of the tests forgets what it confirmed when the machine goes down, and belongs to its superuser. */
const OF_THE_TESTS = ['lost-writes', 'database-superuser'];

describe('the doctor', () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), 'authly-doctor-'));
    const { user } = await server.given.user({ isAdmin: true, password: 'a-long-Admin-passw0rd-for-tests!' });
    await givenAuthenticator(server, user);
    // The one of the first start.
    await sql(server.databaseUrl, 'update users set is_active = false where id <> $1 and is_admin', [user.id]);
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  const examined = async (changes: Record<string, string> = {}) =>
    (await examine({}, { ...installation(server), ...changes })).filter(({ rule }) => !OF_THE_TESTS.includes(rule));

  test('finds nothing where everything is as it should be', async () => {
    expect(await examined()).toEqual([]);
  });

  test.each([
    [{ AUTHLY_ISSUER: '' }, 'error configuration'],
    [{ AUTHLY_POOL_MIN: '9', AUTHLY_POOL_MAX: '3' }, 'error configuration'],
    [{ AUTHLY_TRUSTED_PROXIES: '' }, 'warning weak-configuration'],
    [{ AUTHLY_MODE: 'testing' }, 'warning not-production'],
    [{ AUTHLY_ADMIN_API_LOCALHOST_ONLY: 'false' }, 'warning admin-reachable'],
    [{ AUTHLY_METRICS_LOCALHOST_ONLY: 'false' }, 'note metrics-reachable'],
    [{ AUTHLY_PASSWORD_GRANT_ENABLED: 'true' }, 'warning password-grant'],
    [{ AUTHLY_INTROSPECTION_AUTH: 'none' }, 'warning open-introspection'],
    [{ AUTHLY_ACCEPT_HS256_TOKENS: 'true' }, 'warning hand-made-tokens'],
    [{ AUTHLY_RESOURCES_POLICY: 'any' }, 'warning open-resources'],
    [{ AUTHLY_CLIENTS_REGISTRATION: 'open' }, 'warning open-registration'],
    [{ AUTHLY_SMTP_URL: '', AUTHLY_MAIL_FROM: '' }, 'note no-mail'],
    [{ AUTHLY_WORKERS: '200' }, 'error too-few-connections'],
    [{ JWT_SECRET_KEY: 'h8Jk2Lm4Np6Qr8St0Uv2Wx4Yz6Ab8Cd0Ef2Gh4' }, 'error foreign-secrets'],
    [{ DATABASE_URL: 'postgresql://authly:secret-word@127.0.0.1:9/authly' }, 'error database-away'],
  ])('with %j it finds: %s', async (changes, expected) => {
    const findings = await examined(changes);
    expect(rulesOf(findings)).toContain(expected);
    expect(JSON.stringify(findings)).not.toContain('secret-word');
  });

  test('looks at connections over a network before it makes them', async () => {
    const findings = await examined({
      DATABASE_URL: 'postgresql://authly:secret-word@192.0.2.1:5432/authly?connect_timeout=1',
      AUTHLY_REDIS_URL: 'redis://192.0.2.1:6379',
    });
    expect(rulesOf(findings)).toEqual(expect.arrayContaining(['warning plain-database', 'note plain-redis']));
  });

  test.skipIf(process.platform === 'win32')('finds files with secrets that everybody may read', async () => {
    const path = join(folder, 'jwt');
    await writeFile(path, server.context.settings['secrets.jwt_secret_key'] ?? '');
    const { JWT_SECRET_KEY: _, ...rest } = installation(server);
    const levels = async () => rulesOf(await examine({}, { ...rest, JWT_SECRET_KEY_FILE: path }));
    await chmod(path, 0o644);
    expect(await levels()).toContain('warning readable-secret');
    await chmod(path, 0o600);
    expect(await levels()).not.toContain('warning readable-secret');
  });

  test('says of an empty database that the schema is behind', async () => {
    const empty = await createEmptyDatabase();
    try {
      expect(rulesOf(await examined({ DATABASE_URL: empty.url }))).toContain('warning schema-behind');
    } finally {
      await empty.drop();
    }
  });
});

describe('of accounts, clients and jobs the doctor finds', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.stop());

  test('administrators whose password everybody tries first, or who have no second factor', async () => {
    await server.given.user({ isAdmin: true, username: 'careless', password: 'Test123!' });
    const findings = await examine({}, installation(server));
    const about = findings.filter(({ what }) => what.includes('"careless"'));
    expect(rulesOf(about)).toEqual(['error known-password', 'warning no-second-factor']);
  });

  test('that nobody can administer', async () => {
    await sql(server.databaseUrl, 'update users set is_active = false');
    expect(rulesOf(await examine({}, installation(server)))).toContain('error no-administrator');
  });

  test('clients without PKCE or on plain http, and jobs that were given up', async () => {
    const { client: loose } = await server.given.client({ pkce: 'off' });
    const { client: plain } = await server.given.client({ redirectUris: ['http://app.example.com/callback'] });
    const { client: local } = await server.given.client({ redirectUris: ['http://127.0.0.1:3000/callback'] });
    await sql(server.databaseUrl, `insert into jobs (kind, payload, dead_at) values ('mail', '{}', now())`);
    const findings = await examine({}, installation(server));
    const saying = (rule: string) => findings.find((finding) => finding.rule === rule)?.what;
    expect(saying('client-without-pkce')).toContain(loose.clientId);
    expect(saying('client-on-plain-http')).toContain(plain.clientId);
    expect(saying('client-on-plain-http')).not.toContain(local.clientId);
    expect(saying('jobs-given-up')).toBe('1 jobs were given up');
  });
});

describe('asked from outside', () => {
  test('a server that is away, or says another issuer, is an error', async () => {
    const other = createServer((_, response) => response.end('{"issuer":"https://other.example.com"}'));
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const issuer = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect(
      rulesOf(await examine({ online: true }, { AUTHLY_MODE: 'testing', AUTHLY_ISSUER: issuer, ...SECRETS })),
    ).toContain('error issuer-mismatch');
    other.closeAllConnections();
    await new Promise((done) => other.close(done));
    expect(
      rulesOf(await examine({ online: true }, { AUTHLY_MODE: 'testing', AUTHLY_ISSUER: issuer, ...SECRETS })),
    ).toContain('error server-away');
  });
});

test('SARIF names every rule that a result refers to', () => {
  const finding: Finding = { rule: 'known-password', level: 'error', what: 'It is so', mend: 'Change it' };
  const { version, runs } = JSON.parse(sarifOf([finding])) as {
    version: string;
    runs: {
      tool: { driver: { rules: { id: string }[] } };
      results: { ruleId: string; ruleIndex: number; level: string }[];
    }[];
  };
  expect(version).toBe('2.1.0');
  const [run] = runs;
  expect(run?.tool.driver.rules).toHaveLength(Object.keys(RULES).length);
  expect(run?.results).toMatchObject([{ ruleId: 'known-password', level: 'error' }]);
  expect(run?.tool.driver.rules[run.results[0]?.ruleIndex ?? -1]?.id).toBe('known-password');
});

const SECRETS = {
  DATABASE_URL: 'postgresql://127.0.0.1:9/authly',
  JWT_SECRET_KEY: 'h8Jk2Lm4Np6Qr8St0Uv2Wx4Yz6Ab8Cd0Ef2Gh4',
  JWT_REFRESH_SECRET_KEY: 'k8Jk2Lm4Np6Qr8St0Uv2Wx4Yz6Ab8Cd0Ef2Gh4',
};

async function sql(url: string, text: string, values: unknown[] = []): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text, values);
  await client.end();
}
