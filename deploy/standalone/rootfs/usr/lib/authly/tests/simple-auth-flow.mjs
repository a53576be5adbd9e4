#!/usr/bin/env node
/** The login flows, one after another, as an application sees them: 16 tests, against the server of this container. */
import { createInterface } from 'node:readline/promises';
import {
  ADMINISTRATOR,
  BASE,
  aPassword,
  adminToken,
  authorizeUrl,
  call,
  check,
  claimsOf,
  expectStatus,
  introspect,
  logIn,
  newClient,
  newPkce,
  passwordGrant,
  unique,
} from './authly.mjs';

// Of a random password: this container may be more than a toy.
const USER = { username: `user1_${unique()}`, password: aPassword() };

if (process.argv.some((word) => word === '--help' || word === '-h')) {
  console.log(
    'Usage: simple-auth-flow [--yes]\n\nRuns 16 tests of the login flows against the server of this container.\n\n  --yes   Create the test user without asking; it is removed at the end',
  );
  process.exit(0);
}
console.log(`Login flows at ${BASE}\n`);
let userId;
const hasUser = await offerTestUser();

let client, user, code, refreshed;
const tests = [
  ['the server is healthy', async () => check((await call('GET', '/health')).body.status === 'healthy', 'healthy')],
  [
    'discovery names the endpoints',
    async () => {
      const body = expectStatus(await call('GET', '/.well-known/openid-configuration'), 200, 'discovery');
      for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri'])
        check(name in body, `${name} is there`);
    },
  ],
  [
    'the keys are published',
    async () => check((await call('GET', '/.well-known/jwks.json')).body.keys.length > 0, 'there are keys'),
  ],
  ['the administrator logs in', async () => expectStatus(await passwordGrant(ADMINISTRATOR), 200, 'the login')],
  [
    'a wrong password is refused',
    async () => {
      const answer = await passwordGrant({ ...ADMINISTRATOR, password: 'not-this-one' });
      check(answer.status === 400 && answer.body.error === 'invalid_grant', 'invalid_grant', answer);
    },
  ],
  ['the test user logs in', needsUser(async () => (user = expectStatus(await passwordGrant(USER), 200, 'the login')))],
  [
    'UserInfo tells of the test user',
    needsUser(async () => {
      const body = expectStatus(await call('GET', '/oidc/userinfo', { token: user.access_token }), 200, 'UserInfo');
      check(body.preferred_username === USER.username, 'the name is right');
    }),
  ],
  [
    'the ID token names its issuer and the person',
    needsUser(async () => {
      const claims = claimsOf(user.id_token);
      check(
        claims.iss !== undefined && claims.sub === claimsOf(user.access_token).sub && claims.exp > claims.iat,
        'iss, sub and exp are right',
      );
    }),
  ],
  [
    'the test user may not administrate',
    needsUser(async () => {
      const answer = await call('GET', '/admin/clients', { token: user.access_token });
      check(answer.status === 403, '403', answer);
    }),
  ],
  [
    'introspection knows the token',
    needsUser(async () => check((await introspect(user.access_token)).body.active === true, 'active')),
  ],
  [
    'introspection knows no invented token',
    async () => check((await introspect('invalid.token.here')).body.active === false, 'inactive'),
  ],
  ['a client is registered', async () => (client = await newClient(await adminToken()))],
  [
    'an unregistered redirect address is shown on a page, not followed',
    async () => {
      const url = authorizeUrl(client, { pkce: newPkce(), redirect_uri: 'https://elsewhere.example/callback' });
      const answer = await call('GET', url);
      check(answer.status === 400 && answer.headers.get('location') === null, '400, no redirect', answer);
    },
  ],
  [
    'a login with code and PKCE, through the pages',
    async () => {
      code = await logIn(client, hasUser ? USER : ADMINISTRATOR, { scope: 'openid profile offline_access' });
      expectStatus(code.answer, 200, 'the code');
    },
  ],
  [
    'a refresh token is exchanged for a new one',
    async () => {
      const form = { grant_type: 'refresh_token', refresh_token: code.answer.body.refresh_token };
      const answer = await call('POST', '/api/v1/oauth/token', {
        basic: [client.client_id, client.client_secret],
        form,
      });
      refreshed = expectStatus(answer, 200, 'the refresh');
      check(refreshed.refresh_token !== form.refresh_token, 'the refresh token is another one');
    },
  ],
  [
    'a code used twice takes everything back',
    async () => {
      const again = await code.redeem();
      check(again.status === 400 && again.body.error === 'invalid_grant', 'invalid_grant', again);
      check((await introspect(refreshed.access_token)).body.active === false, 'the tokens of the code are inactive');
      await call('DELETE', `/admin/clients/${client.client_id}`, { token: await adminToken() });
    },
  ],
];

let passed = 0;
let failed = 0;
let skipped = 0;
for (const [index, [name, run]] of tests.entries()) {
  const number = `${String(index + 1).padStart(2)}/${tests.length}`;
  try {
    if ((await run()) === 'skipped') {
      skipped += 1;
      console.log(`○ ${number} ${name} (needs the test user)`);
      continue;
    }
    passed += 1;
    console.log(`✓ ${number} ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`✗ ${number} ${name}\n        ${error.message}`);
  }
}
if (userId !== undefined) await call('DELETE', `/admin/users/${userId}`, { token: await adminToken() });
console.log(
  `\n${passed}/${tests.length} tests passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
if (failed === 0 && skipped === 0) console.log('🎉 All tests passed');
process.exit(failed > 0 ? 1 : 0);

function needsUser(run) {
  return async () => (hasUser ? run() : 'skipped');
}

/** Answers whether there is one then. */
async function offerTestUser() {
  console.log('Some of the tests need a test user, which is removed at the end.\n');
  let answer = 'y';
  if (!process.argv.includes('--yes')) {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    // Without anybody to ask, the answer is no.
    answer = await Promise.race([
      terminal.question('Do you want to create it? [y/N]: '),
      new Promise((done) => terminal.once('close', () => done(''))),
    ]);
    terminal.close();
    console.log('');
  }
  if (!/^y(es)?$/i.test(answer.trim())) return false;
  const json = { ...USER, email: `${USER.username}@example.com`, is_verified: true };
  const created = await call('POST', '/admin/users', { token: await adminToken(), json });
  check(created.status === 201, 'the test user is created', created);
  userId = created.body.id;
  return true;
}
