import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { givenAuthenticator } from '../support/authenticator.js';
import type { GivenUser } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';
import { CHALLENGE, type Program, program } from './program.js';

/** Requests that are nearly right, with hostile values in some places; the test of every endpoint seldom comes so far. */

let server: TestServer;
let own: Program;
let plain: GivenUser;
let guarded: GivenUser;

beforeAll(async () => {
  server = await startServer();
  own = await program(server);
  plain = await server.given.user();
  guarded = await server.given.user();
  await givenAuthenticator(server, guarded.user);
});
afterAll(() => server.stop());

const NAMES = [
  'response_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'username',
  'password',
  'otp',
  'auth_session',
  'scope',
  'resource',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'prompt',
  'max_age',
  'id_token_hint',
  'acr_values',
  'claims',
  'request',
  'request_uri',
  'registration',
  'redirect_uri',
  'state',
  'grant_type',
  '__proto__',
];

const VALUES = [
  '',
  ' ',
  '0',
  '-1',
  'none',
  'login',
  'consent',
  'select_account',
  'plain',
  'S256',
  'openid',
  'openid admin:users:read',
  'null',
  '{}',
  '[]',
  '{"id_token":{"acr":{"essential":true,"values":[null,{}]}}}',
  '{"id_token":{"sub":{"value":{}}}}',
  '\u0000',
  '\r\nSet-Cookie: x=1',
  '😀',
  '\u202e',
  "' or 1=1 --",
  '<script>alert(1)</script>',
  'a'.repeat(600),
  'a'.repeat(9000),
  'https://evil.example/',
  '//evil.example',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  '000000',
  '１２３４５６',
  '0000-0000-0000-0000',
  'authly',
];

const mutations = fc.array(
  fc.tuple(
    fc.constantFrom(...NAMES),
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...VALUES) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
    ),
    fc.constantFrom('replace', 'add', 'drop'),
  ),
  { maxLength: 3 },
);

function mutated(
  form: Record<string, string>,
  changes: readonly (readonly [string, string, string])[],
): [string, string][] {
  let pairs: [string, string][] = Object.entries(form);
  for (const [name, value, how] of changes) {
    if (how !== 'add') pairs = pairs.filter(([known]) => known !== name);
    if (how !== 'drop') pairs.push([name, value]);
  }
  return pairs;
}

async function check(form: [string, string][]): Promise<{ readonly status: number; readonly body: string }> {
  const response = await server.post(CHALLENGE, form);
  const body = await response.text();
  expect(response.status, body).toBeLessThan(500);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(response.headers.get('location')).toBeNull();
  expect(response.headers.getSetCookie()).toEqual([]);
  const answer = JSON.parse(body) as Record<string, unknown>;
  if (response.status === 200) expect(Object.keys(answer)).toEqual(['authorization_code']);
  else expect(answer).toMatchObject({ error: expect.any(String), error_description: expect.any(String) });
  // @spec RFC 6749 §5.2: printable ASCII without quote and backslash
  if (response.status !== 200) expect(answer['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  // The description may name a scope that nobody knows; nothing that a program acts on comes from the request.
  const { error_description: _, ...acted } = answer;
  expect(JSON.stringify(acted)).not.toMatch(/evil|<script>/);
  return { status: response.status, body };
}

it('a first round survives them: no 5xx, a clear error, and no code for the password alone of somebody with two factors', async () => {
  const challenge = {
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    scope: 'openid',
    client_id: 'authly',
  };
  await fc.assert(
    fc.asyncProperty(mutations, fc.boolean(), async (changes, hasTwo) => {
      const { user, password } = hasTwo ? guarded : plain;
      const { status } = await check(mutated({ ...challenge, username: user.username, password }, changes));
      const anotherPerson = changes.some(([name]) => name === 'username');
      if (hasTwo && !anotherPerson) expect(status).not.toBe(200);
    }),
    { numRuns: 250 },
  );
});

it('a next round survives them, and never ends with a code that is not right', async () => {
  await fc.assert(
    fc.asyncProperty(mutations, async (changes) => {
      const someone = await server.given.user();
      await givenAuthenticator(server, someone.user);
      const { auth_session: session = '' } = await own.begin(someone);
      const { status } = await check(mutated({ client_id: 'authly', auth_session: session, otp: 'wrong' }, changes));
      expect(status).not.toBe(200);
    }),
    { numRuns: 60 },
  );
});
