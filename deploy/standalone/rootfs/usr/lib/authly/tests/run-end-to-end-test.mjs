#!/usr/bin/env node
/** Everything that an installation should be able to do, module by module, against the server of this container. */
import {
  ADMINISTRATOR,
  ADMIN_SCOPES,
  BASE,
  aPassword,
  adminToken,
  call,
  check,
  claimsOf,
  expectStatus,
  introspect,
  logIn,
  newClient,
  newUser,
  passwordGrant,
  unique,
} from './authly.mjs';

const MADE = { clients: [], users: [], scopes: [] };
let token;

const modules = [
  { name: 'Infrastructure', modes: ['infrastructure'], run: infrastructure },
  { name: 'Admin Authentication', modes: ['admin', 'clients', 'userauth', 'oauth'], run: adminAuthentication },
  { name: 'Scope Management', modes: ['clients'], run: scopeManagement },
  { name: 'Client Management', modes: ['clients'], run: clientManagement },
  { name: 'User Management', modes: ['users'], run: userManagement },
  { name: 'User Authentication', modes: ['userauth'], run: userAuthentication },
  { name: 'OAuth Flow', modes: ['oauth'], run: oauthFlow },
  { name: 'Introspection and Revocation', modes: ['oauth'], run: introspectionAndRevocation },
  { name: 'PostgreSQL Proxy', modes: [], run: () => proxy(process.env.AUTHLY_PG_PROXY_URL ?? 'http://localhost:5433') },
  { name: 'Redis Proxy', modes: [], run: () => proxy(process.env.AUTHLY_REDIS_PROXY_URL ?? 'http://localhost:6380') },
  { name: 'Post-Test Cleanup', modes: ['admin', 'clients', 'users', 'userauth', 'oauth', 'cleanup'], run: cleanup },
];
const MODES = ['comprehensive', ...new Set(modules.flatMap(({ modes }) => modes)), 'status'];

const words = process.argv.slice(2);
const mode = words.find((word) => !word.startsWith('-')) ?? 'comprehensive';
if (words.some((word) => word === '--help' || word === '-h') || !MODES.includes(mode)) {
  console.log(
    `Usage: run-end-to-end-test [MODE]\n\nModes: ${MODES.join(', ')}\nThe server is AUTHLY_BASE_URL, else the one of this container.`,
  );
  process.exit(MODES.includes(mode) ? 0 : 5);
}
if (mode === 'status') {
  console.log(JSON.stringify((await call('GET', '/health')).body, undefined, 2));
  process.exit(0);
}

console.log(`=== Authly Full Stack Integration Test ===\nTest mode: ${mode}\nServer:    ${BASE}\n`);
const began = performance.now();
const results = [];
for (const { name, modes, run } of modules) {
  if (mode !== 'comprehensive' && !modes.includes(mode)) continue;
  if (modes[0] !== 'infrastructure' && modes.length > 0) token ??= await adminToken().catch(() => undefined);
  const startedAt = performance.now();
  const result = await run().then(
    (said) => (typeof said === 'string' ? { status: 'SKIPPED', details: said } : { status: 'PASSED', details: '' }),
    (error) => ({ status: 'FAILED', details: error.message }),
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  results.push({ name, seconds, ...result });
  console.log(
    `${{ PASSED: '✓', FAILED: '✗', SKIPPED: '○' }[result.status]} ${name}${result.details === '' ? '' : `: ${result.details}`}`,
  );
}

const count = (status) => results.filter((result) => result.status === status).length;
console.log(`\n=== Full Stack Integration Test Summary ===\n`);
console.log(
  `  ✓ Passed: ${count('PASSED')}\n  ✗ Failed: ${count('FAILED')}\n  ○ Skipped: ${count('SKIPPED')}\n  Total: ${results.length}\n`,
);
console.log(`Execution Time: ${((performance.now() - began) / 1000).toFixed(1)}s\n`);
for (const { name, status, seconds } of results) console.log(`${name.padEnd(30)} ${status.padEnd(8)} ${seconds}s`);
console.log(`\n${count('PASSED')} passed, ${count('FAILED')} failed, ${count('SKIPPED')} skipped`);
console.log(
  count('FAILED') === 0 ? '🎉 All tests completed successfully!' : '❌ Some tests failed. Check the results above.',
);
process.exit(count('FAILED') === 0 ? 0 : 1);

async function infrastructure() {
  check((await call('GET', '/health')).body.database === 'connected', 'the database is connected');
  expectStatus(await call('GET', '/health/ready'), 200, '/health/ready');
  const discovery = expectStatus(await call('GET', '/.well-known/openid-configuration'), 200, 'discovery');
  const keys = expectStatus(await call('GET', new URL(discovery.jwks_uri).pathname), 200, 'the JWKS');
  check(keys.keys.length > 0, 'there are keys');
  expectStatus(await call('GET', '/docs'), 200, '/docs');
}

async function adminAuthentication() {
  const answer = expectStatus(
    await passwordGrant(ADMINISTRATOR, `openid ${ADMIN_SCOPES}`),
    200,
    'the login of the administrator',
  );
  token = answer.access_token;
  for (const scope of ADMIN_SCOPES.split(' ')) check(answer.scope.split(' ').includes(scope), `${scope} is granted`);
  expectStatus(await call('GET', '/admin/clients', { token }), 200, 'the list of clients');
  const refused = await call('GET', '/admin/clients');
  check(refused.status === 401, 'without a token the answer is 401', refused);
}

async function scopeManagement() {
  const scope_name = `test:${unique()}`;
  MADE.scopes.push(scope_name);
  check(
    (await call('POST', '/admin/scopes', { token, json: { scope_name, description: 'of a test' } })).status < 300,
    'a scope is created',
  );
  const path = `/admin/scopes/${encodeURIComponent(scope_name)}`;
  check(
    expectStatus(await call('GET', path, { token }), 200, 'the scope').description === 'of a test',
    'its description is kept',
  );
  expectStatus(await call('PUT', path, { token, json: { description: 'changed' } }), 200, 'a change of the scope');
  const again = await call('POST', '/admin/scopes', { token, json: { scope_name, description: 'twice' } });
  check(again.status >= 400, 'the same name twice is refused', again);
}

async function clientManagement() {
  const client = await newClient(token);
  MADE.clients.push(client.client_id);
  const path = `/admin/clients/${client.client_id}`;
  const shown = expectStatus(await call('GET', path, { token }), 200, 'the client');
  check(!JSON.stringify(shown).includes(client.client_secret), 'the secret is never shown again');
  check(
    expectStatus(await call('PUT', path, { token, json: { client_name: 'changed' } }), 200, 'a change').client_name ===
      'changed',
    'the name changed',
  );
  const fresh = expectStatus(await call('POST', `${path}/regenerate-secret`, { token }), 200, 'a new secret');
  check(fresh.new_secret !== client.client_secret, 'the secret is another one');
  const publicClient = await newClient(token, { client_type: 'public' });
  MADE.clients.push(publicClient.client_id);
  check(!publicClient.client_secret, 'a public client has no secret');
}

async function userManagement() {
  const user = await newUser(token);
  MADE.users.push(user.id);
  const path = `/admin/users/${user.id}`;
  check(
    expectStatus(await call('PUT', path, { token, json: { given_name: 'Ada' } }), 200, 'a change').given_name === 'Ada',
    'the name changed',
  );
  const reset = expectStatus(await call('POST', `${path}/reset-password`, { token }), 200, 'a new password');
  expectStatus(
    await passwordGrant({ username: user.username, password: reset.temporary_password }),
    200,
    'the login with it',
  );
  check((await passwordGrant(user)).status === 400, 'the old password is refused');
  expectStatus(await call('PUT', path, { token, json: { is_active: false } }), 200, 'deactivation');
  check(
    (await passwordGrant({ username: user.username, password: reset.temporary_password })).status === 400,
    'a deactivated user is refused',
  );
}

async function userAuthentication() {
  const user = await newUser(token);
  MADE.users.push(user.id);
  const login = expectStatus(await passwordGrant(user), 200, 'the login');
  const info = expectStatus(await call('GET', '/oidc/userinfo', { token: login.access_token }), 200, 'UserInfo');
  check(info.email === user.email && info.sub === user.id, 'UserInfo is about that user');
  check(claimsOf(login.id_token).sub === user.id, 'the ID token is about that user');
  const session = async (token) => (await call('GET', '/oidc/session/check', { token })).body.session_state;
  check((await session(login.access_token)) === 'active', 'the session is active');
  const password = aPassword();
  const change = await call('POST', '/api/v1/auth/change-password', {
    token: login.access_token,
    json: { current_password: user.password, new_password: password },
  });
  expectStatus(change, 200, 'a change of the password');
  const again = expectStatus(await passwordGrant({ ...user, password }), 200, 'the login with the new password');
  expectStatus(await call('POST', '/api/v1/auth/logout', { token: again.access_token }), 200, 'logging out');
  const gone = await call('GET', '/oidc/userinfo', { token: again.access_token });
  check(gone.status === 401, 'the token is of no use then', gone);
  check((await session(again.access_token)) === 'inactive', 'and the session is inactive');
}

async function oauthFlow() {
  const [client, user] = [await newClient(token), await newUser(token)];
  MADE.clients.push(client.client_id);
  MADE.users.push(user.id);
  const { answer, redeem } = await logIn(client, user, { scope: 'openid profile email offline_access' });
  const tokens = expectStatus(answer, 200, 'the code');
  check(claimsOf(tokens.id_token).aud.includes(client.client_id), 'the ID token is for the client');
  expectStatus(await call('GET', '/oidc/userinfo', { token: tokens.access_token }), 200, 'UserInfo');
  const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  const fresh = expectStatus(
    await call('POST', '/api/v1/oauth/token', { basic: [client.client_id, client.client_secret], form }),
    200,
    'a refresh',
  );
  check((await redeem()).body.error === 'invalid_grant', 'the code is of no use twice');
  check((await introspect(fresh.access_token)).body.active === false, 'and takes its tokens along');
}

async function introspectionAndRevocation() {
  const user = await newUser(token);
  MADE.users.push(user.id);
  const { access_token: accessToken } = expectStatus(await passwordGrant(user), 200, 'the login');
  const active = (await introspect(accessToken)).body;
  check(
    active.active === true && active.username === user.username && active.token_type === 'Bearer',
    'the token is active, and of that user',
  );
  expectStatus(await call('POST', '/api/v1/oauth/revoke', { form: { token: accessToken } }), 200, 'revocation');
  const gone = (await introspect(accessToken)).body;
  check(gone.active === false && Object.keys(gone).length === 1, 'and then {"active": false}');
}

/** The proxies run beside this container, or not at all. */
async function proxy(url) {
  const health = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  if (health === undefined) return `nothing answers at ${url}`;
  check(health.status === 200, 'the proxy is healthy', { status: health.status, body: {} });
  const refused = await fetch(new URL(url.includes('5433') ? '/query' : '/command', url), {
    method: 'POST',
    body: '{}',
  });
  check(refused.status === 401, 'without a token the answer is 401', { status: refused.status, body: {} });
  return undefined;
}

async function cleanup() {
  for (const id of MADE.clients)
    check((await call('DELETE', `/admin/clients/${id}`, { token })).status < 300, 'a client is removed');
  for (const id of MADE.users)
    check((await call('DELETE', `/admin/users/${id}`, { token })).status < 300, 'a user is removed');
  for (const name of MADE.scopes)
    check(
      (await call('DELETE', `/admin/scopes/${encodeURIComponent(name)}`, { token })).status < 300,
      'a scope is removed',
    );
}
