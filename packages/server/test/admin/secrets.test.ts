import { operations, type RouteName } from '@authly/admin-api';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { administrator, type Caller, type Wish } from './caller.js';

// authentik CVE-2026-40166: list endpoints leaked secrets. Nothing that is secret, and no hash of it, may be in any answer, save in
// the one that gives it away on purpose.

let server: TestServer;
let admin: Caller & { readonly person: GivenUser };

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
});
afterAll(() => server.stop());

// @attack secrets in lists (CVE-2026-40166)
test('no answer but the intended one holds a secret or a hash, and the log holds none', async () => {
  const person = await server.given.user();
  const app = await server.given.client();
  const tokens = await server.given.tokens({ user: person, client: app });
  const given = await secretsGivenOnPurpose(person);
  const secrets = new Set([
    ...given.filter((secret) => secret !== null),
    person.password,
    admin.person.password,
    app.secret,
    tokens.access_token,
    tokens.refresh_token ?? '',
    admin.token,
    ...tokens.agent.cookies.values(),
    ...(await hashesInTheDatabase()),
  ]);
  secrets.delete('');
  expect(secrets.size).toBeGreaterThan(15);

  const wishes: Partial<Record<RouteName, Wish>> = {
    getClient: { params: { client_id: app.clientId } },
    getClientOidc: { params: { client_id: app.clientId } },
    updateClient: { params: { client_id: app.clientId }, body: { client_name: 'Renamed' } },
    updateClientOidc: { params: { client_id: app.clientId }, body: { require_auth_time: true } },
    listClients: { query: { include_inactive: 'true', limit: '1000' } },
    listApiKeys: { query: { include_inactive: 'true' } },
    getApiKey: { params: { id: ((await admin.call('listApiKeys')).body[0]?.id ?? '') as string } },
    getScope: { params: { scope_name: 'openid' } },
    listAuditEvents: { query: { limit: '1000' } },
  };
  const params = { user_id: person.user.id as string };
  let looked = 0;
  for (const { name, path, method } of operations()) {
    const wish = wishes[name] ?? (method === 'GET' ? { params: path.includes('{user_id}') ? params : {} } : undefined);
    if (wish === undefined || (path.includes('{') && Object.keys(wish.params ?? {}).length === 0)) continue;
    const { status, text, headers } = await admin.call(name, wish);
    expect(status, `${name}: ${text.slice(0, 200)}`).toBe(200);
    const whole = `${[...headers].join('\n')}\n${text}`;
    for (const secret of secrets) expect(whole.includes(secret), `${name} leaks ${secret.slice(0, 8)}…`).toBe(false);
    expect(headers.get('cache-control'), name).toBe('no-store');
    looked += 1;
  }
  expect(looked).toBeGreaterThan(20);
  const logged = server.logged();
  for (const secret of secrets) expect(logged.includes(secret), `the log holds ${secret.slice(0, 8)}…`).toBe(false);
});

// @attack secret in a log (Keycloak 26.6, authentik 2026.8)
test('no refusal repeats a password or a secret that was sent', async () => {
  const password = 'short1!';
  const attempts: [RouteName, Wish][] = [
    ['createUser', { body: { username: 'x', email: 'x', password } }],
    ['updateUser', { params: { user_id: admin.person.user.id as string }, body: { password } }],
    ['adminAuthenticate', { body: { username: 'nobody', password } }],
    ['registerAccount', { body: { username: 'nobody', email: 'n@example.org', password } }],
    ['changePassword', { body: { current_password: password, new_password: password } }],
  ];
  for (const [name, wish] of attempts) {
    const { status, text } = await admin.call(name, wish);
    expect([400, 401], name).toContain(status);
    expect(text, name).not.toContain(password);
  }
});

/** Everything that the API gives away once. */
async function secretsGivenOnPurpose(person: GivenUser): Promise<readonly (string | null)[]> {
  const machine = { client_name: 'M', client_type: 'confidential', grant_types: ['client_credentials'] };
  const client = (await admin.call('createClient', { body: machine })).body;
  const regenerated = (await admin.call('regenerateClientSecret', { params: { client_id: client.client_id } })).body;
  const user = (await admin.call('createUser', { body: { username: 'temporary_1', email: 't1@example.org' } })).body;
  const reset = (await admin.call('resetPassword', { params: { user_id: user.id } })).body;
  const key = (await admin.call('createApiKey', { body: { name: 'k', scope: 'read', user_id: person.user.id } })).body;
  const rotated = (await admin.call('rotateApiKey', { params: { id: key.id } })).body;
  return [
    client.client_secret,
    regenerated.client_secret,
    user.temporary_password,
    reset.temporary_password,
    key.api_key,
    rotated.api_key,
  ];
}

async function hashesInTheDatabase(): Promise<readonly string[]> {
  const client = new Client({ connectionString: server.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ hash: string }>(`
    select password_hash as hash from users union select secret_hash from client_secrets union select secret_hash from sessions
    union select token_hash from refresh_tokens union select token_hash from access_tokens union select key_hash from api_keys
    union select public_jwk ->> 'd' from signing_keys union select encode(private_sealed, 'base64') from signing_keys`);
  await client.end();
  return rows.map(({ hash }) => hash).filter((hash) => typeof hash === 'string');
}
