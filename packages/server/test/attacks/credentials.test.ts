import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GivenClient } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let server: TestServer;
let client: GivenClient;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
});
afterAll(() => server.stop());

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

function withAssertion(assertion: string, id: string, to = server): Promise<Response> {
  return to.post('/api/v1/oauth/token', {
    grant_type: 'client_credentials',
    client_id: id,
    client_assertion: assertion,
    client_assertion_type: ASSERTION_TYPE,
  });
}

describe('a token that is a bomb', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const bombs: [string, string][] = [
    [
      'PBES2 with two billion rounds',
      `${part({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2_000_000_000, p2s: 'AAAA' })}.AAAA.AAAA.AAAA.AAAA`,
    ],
    ['a compressed one', `${part({ alg: 'dir', enc: 'A128GCM', zip: 'DEF' })}..AAAA.AAAA.AAAA`],
    ['deep JSON', `${part({ alg: 'ES256' })}.${part(deep)}.AAAA`],
    ['a deep header', `${part(deep)}.${part({})}.AAAA`],
    ['claims that are a list', `${part({ alg: 'ES256' })}.${part([{ sub: 'x' }])}.AAAA`],
    ['a list as alg', `${part({ alg: ['ES256', 'none'] })}.${part({})}.AAAA`],
    ['dots alone', '.'.repeat(10_000)],
  ];

  // @attack JOSE and JSON bombs (node-oidc-provider 9.11.4)
  it.each(bombs)('is refused at once wherever a token is taken: %s', async (_name, bomb) => {
    const key = await server.given.client({ authMethod: 'private_key_jwt', jwks: { keys: [] } });
    const started = performance.now();
    const answers = await Promise.all([
      withAssertion(bomb, key.clientId),
      fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${bomb.slice(0, 8000)}` } }),
      server.post('/api/v1/oauth/introspect', { token: bomb }, client.basic),
      server.post('/api/v1/oauth/revoke', { token: bomb }, client.basic),
      server.post('/oidc/logout', { id_token_hint: bomb }),
    ]);
    expect(performance.now() - started).toBeLessThan(3000);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([401, 401]);
    expect(await answers[2]?.json()).toEqual({ active: false });
  });
});

describe('a token with a date at the edge', () => {
  const dates = [-9e10, -1, 1e11, 253_402_300_799, 253_402_300_800, 8_640_000_000_001, 1e308, -62_135_596_801, 1e-7];

  it.each(dates)('is as unknown as any other, and nobody beside it notices: exp %d', async (exp) => {
    const forged = `${part({ alg: 'ES256' })}.${part({ jti: 'x', exp })}.x`;
    const user = await server.given.user();
    const { access_token: valid } = await server.given.tokens({ user, client });
    const userinfo = (token: string): Promise<Response> =>
      fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    const honest = Array.from({ length: 20 }, () => userinfo(valid));
    const [answers, attacks, introspected, revoked] = await Promise.all([
      Promise.all(honest),
      Promise.all(Array.from({ length: 20 }, () => userinfo(forged))),
      server.post('/api/v1/oauth/introspect', { token: forged }, client.basic),
      server.post('/api/v1/oauth/revoke', { token: forged }, client.basic),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(attacks.map(({ status }) => status))).toEqual(new Set([401]));
    expect(await introspected.json()).toEqual({ active: false });
    expect(revoked.status).toBe(200);
  });
});

describe('an Authorization header', () => {
  // @attack malformed Authorization header (GHSA-xmf8-cvqr-rfgj)
  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'bearer\t',
    'Basic',
    'Basic %',
    'Basic Og==',
    'Negotiate x',
    ',',
    'x'.repeat(4000),
  ])('that cannot be read is refused, never a fault: %j', async (authorization) => {
    const headers = { authorization };
    const answers = await Promise.all([
      fetch(`${server.url}/oidc/userinfo`, { headers }),
      fetch(`${server.url}/admin/clients`, { headers }),
      fetch(`${server.url}/api/v1/users/me`, { headers }),
      server.post('/api/v1/oauth/token', { grant_type: 'client_credentials' }, headers),
      server.post('/api/v1/oauth/revoke', { token: 'x' }, headers),
    ]);
    for (const { status } of answers.slice(0, 4)) expect([400, 401]).toContain(status);
    expect(answers[4]?.status).toBeLessThan(500);
  });

  // @attack loose Basic credentials (node-oidc-provider 9.11.4, better-auth 9657)
  it('is split at the first colon alone, and an empty half is no credential', async () => {
    const { clientId, secret } = client;
    const ask = async (pair: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
      return (await server.post('/api/v1/oauth/token', { grant_type: 'client_credentials' }, { authorization })).status;
    };
    expect(await ask(`${clientId}:${secret}`)).toBe(200);
    for (const pair of [
      `${clientId}::${secret}`,
      `:${clientId}:${secret}`,
      `${clientId}:`,
      `:${secret}`,
      ':',
      clientId,
    ])
      expect([pair === clientId, await ask(pair)]).toEqual([pair === clientId, 401]);
  });
});

describe('the address of a client’s keys', () => {
  // @attack SSRF by jwks_uri (CVE-2026-27945, CVE-2026-55671, CVE-2025-67494)
  it('inside the network is never asked, and the answer says nothing about what is there', async () => {
    // A server for others, not one that is alone with its applications on one machine.
    const server = await startServer({ settings: { issuer: 'https://auth.example' } });
    let asked = 0;
    const inside = createServer((_request, response) => {
      asked += 1;
      response.end('{"keys":[],"secret":"inside"}');
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    const { port } = inside.address() as AddressInfo;
    const texts = new Set<string>();
    for (const jwksUri of [
      `http://127.0.0.1:${port}/`,
      `https://127.0.0.1:${port}/`,
      `https://localhost:${port}/`,
      `https://[::ffff:127.0.0.1]:${port}/`,
      'https://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'https://127.0.0.1:1/closed',
    ]) {
      const app = await server.given.client({ authMethod: 'private_key_jwt', jwksUri });
      const now = Math.floor(server.clock.now().getTime() / 1000);
      const claims = {
        iss: app.clientId,
        sub: app.clientId,
        aud: 'https://auth.example',
        exp: now + 60,
        iat: now,
        jti: jwksUri,
      };
      const assertion = `${part({ alg: 'ES256', kid: 'k' })}.${part(claims)}.${'A'.repeat(86)}`;
      const response = await withAssertion(assertion, app.clientId, server);
      expect(response.status).toBe(401);
      texts.add(await response.text());
    }
    expect([asked, texts.size]).toEqual([0, 1]);
    expect([...texts].join()).not.toMatch(/inside|127\.0|ECONN|passwd/);
    await new Promise((resolve) => inside.close(resolve));
    await server.stop();
  });
});
