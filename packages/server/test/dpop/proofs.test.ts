import { createHmac, generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GivenClient } from '../support/given.js';
import { createProver, type ProofWish, type Prover, TOKEN } from '../support/prover.js';
import { startServer, type TestServer } from '../support/server.js';

/** What a proof must say and be, shown where a machine asks for a token. */

let server: TestServer;
let client: GivenClient;
let prover: Prover;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
  prover = await createProver(server);
});
afterAll(() => server.stop());

function ask(dpop: string, path = TOKEN): Promise<Response> {
  return server.post(path, { grant_type: 'client_credentials', scope: 'read' }, { ...client.basic, dpop });
}

async function answerTo(dpop: string): Promise<{ readonly status: number; readonly error?: string }> {
  const response = await ask(dpop);
  const { error } = (await response.json()) as { error?: string };
  return { status: response.status, ...(error !== undefined && { error }) };
}

const REFUSED = { status: 400, error: 'invalid_dpop_proof' };

// @check 13
it('discovery lists algorithms with two keys, and each of them is accepted', async () => {
  const document = (await (await fetch(`${server.url}/.well-known/oauth-authorization-server`)).json()) as {
    dpop_signing_alg_values_supported: string[];
  };
  const listed = document.dpop_signing_alg_values_supported;
  expect(listed).toEqual(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256']);
  for (const alg of listed) {
    const other = await createProver(server, alg);
    expect([alg, (await ask(await other.proof())).status]).toEqual([alg, 200]);
  }
});

// @check 192
it('a token asked for with a proof says DPoP, and names its key to those who read or introspect it', async () => {
  const { access_token: token, token_type } = (await (await ask(await prover.proof())).json()) as {
    access_token: string;
    token_type: string;
  };
  expect(token_type).toBe('DPoP');
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { cnf: unknown };
  expect(claims.cnf).toEqual({ jkt: prover.thumbprint });
  const said = await server.post('/api/v1/oauth/introspect', { token }, client.basic);
  expect(await said.json()).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: prover.thumbprint } });
});

describe('a proof is refused', () => {
  // @check 183
  it.each([
    ['that is empty', async () => ''],
    ['that is no JWT', async () => 'a.b'],
    ['of which there are two', async () => `${await prover.proof()}, ${await prover.proof()}`],
    ['that is longer than any proof', async () => prover.proof({ claims: { more: 'x'.repeat(9000) } })],
    [
      'that says no JSON object',
      async () => {
        const [header] = (await prover.proof()).split('.');
        return `${header}.${Buffer.from('[]').toString('base64url')}.AAAA`;
      },
    ],
  ])('%s', async (_, proof) => {
    const response = await fetch(`${server.url}${TOKEN}`, {
      method: 'POST',
      headers: { ...client.basic, dpop: await proof() },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, REFUSED.error]);
  });

  // @check 184, 185, 186, 187
  it.each<[string, ProofWish]>([
    ['with the typ of another JWT', { header: { typ: 'JWT' } }],
    ['without its key', { header: { jwk: undefined } }],
    ['with an extension that nobody knows', { header: { crit: ['b64'], b64: true } }],
    ['without jti', { claims: { jti: undefined } }],
    ['with a jti longer than 128 bytes', { claims: { jti: 'é'.repeat(65) } }],
    ['without htm', { claims: { htm: undefined } }],
    ['for another method', { method: 'GET' }],
    ['with its method in small letters', { method: 'post' }],
    ['without htu', { claims: { htu: undefined } }],
    ['for another scheme', { url: 'https://127.0.0.1/api/v1/oauth/token' }],
    ['for another host', { url: 'http://127.0.0.2/api/v1/oauth/token' }],
    ['for another path', { url: '/api/v1/oauth/token/' }],
    ['for no address', { claims: { htu: 'here' } }],
    ['without iat', { claims: { iat: undefined } }],
    ['with iat as text', { claims: { iat: '1' } }],
  ])('%s', async (_, wish) => {
    expect(await answerTo(await prover.proof(wish))).toEqual(REFUSED);
  });

  // @check 184
  it('that is signed by another key, by a secret, or not at all', async () => {
    const other = await createProver(server);
    expect(await answerTo(await prover.proof({ signedBy: other.privateKey }))).toEqual(REFUSED);
    const header = { typ: 'dpop+jwt', jwk: prover.jwk };
    const payload = (await prover.proof()).split('.')[1] ?? '';
    const none = Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url');
    expect(await answerTo(`${none}.${payload}.`)).toEqual(REFUSED);
    const symmetric = Buffer.from(JSON.stringify({ ...header, alg: 'HS256' })).toString('base64url');
    const mac = createHmac('sha256', JSON.stringify(prover.jwk)).update(`${symmetric}.${payload}`).digest('base64url');
    expect(await answerTo(`${symmetric}.${payload}.${mac}`)).toEqual(REFUSED);
  });

  // @check 184, 198
  it('with a private key in it, a point off its curve, another curve, or a short RSA key', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const whole = await exportJWK(privateKey);
    expect(await answerTo(await prover.proof({ signedBy: privateKey, header: { jwk: whole } }))).toEqual(REFUSED);
    const offCurve = { ...prover.jwk, y: prover.jwk.x };
    expect(await answerTo(await prover.proof({ header: { jwk: offCurve } }))).toEqual(REFUSED);
    const p384 = await createProver(server, 'ES384');
    expect(await answerTo(await prover.proof({ header: { jwk: p384.jwk } }))).toEqual(REFUSED);
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const { n, e } = short.publicKey.export({ format: 'jwk' });
    const signed = await prover.proof({ header: { alg: 'ES256' } });
    const header = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'RS256', jwk: { kty: 'RSA', n, e } })).toString(
      'base64url',
    );
    expect(await answerTo(`${header}.${signed.split('.')[1]}.AAAA`)).toEqual(REFUSED);
  });

  // @check 188
  it('the second time', async () => {
    const proof = await prover.proof();
    expect((await ask(proof)).status).toBe(200);
    expect(await answerTo(proof)).toEqual(REFUSED);
    const other = await createProver(server);
    const jti = 'the same name, another key';
    expect((await ask(await prover.proof({ claims: { jti } }))).status).toBe(200);
    expect((await ask(await other.proof({ claims: { jti } }))).status).toBe(200);
  });
});

// @check 186, 264
it('the address is compared as addresses are, against the public one, whatever Host and forwarding headers say', async () => {
  const { host } = new URL(server.url);
  const spelled = `HTTP://${host.toUpperCase()}${TOKEN}?query=1#fragment`;
  expect((await ask(await prover.proof({ url: spelled }))).status).toBe(200);
  const forwarded = await server.post(
    TOKEN,
    { grant_type: 'client_credentials' },
    {
      ...client.basic,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      dpop: await prover.proof({ url: `https://evil.example${TOKEN}` }),
    },
  );
  expect(forwarded.status).toBe(400);
});

// @check 187
it('claims that are not known are no problem, and neither are clocks that are some seconds off', async () => {
  const now = Math.floor(server.clock.now().getTime() / 1000);
  for (const iat of [now - 30, now - 10, now + 10, now + 30])
    expect((await ask(await prover.proof({ claims: { iat, exp: now - 500, nbf: now + 500, own: {} } }))).status).toBe(
      200,
    );
});

describe('nonces', () => {
  // @check 187, 189, 191
  // panva/node-oidc-provider#1438: a wrong clock locked people out
  it('a proof whose time is a minute off needs a nonce, and is then good however wrong its clock is', async () => {
    const iat = Math.floor(server.clock.now().getTime() / 1000) - 3600;
    const asked = await ask(await prover.proof({ claims: { iat } }));
    expect([asked.status, await asked.json()]).toEqual([400, expect.objectContaining({ error: 'use_dpop_nonce' })]);
    const nonce = asked.headers.get('dpop-nonce') ?? '';
    expect(nonce).not.toBe('');
    const again = await ask(await prover.proof({ nonce, claims: { iat } }));
    expect(again.status).toBe(200);
    expect(again.headers.get('dpop-nonce')).toBe(nonce);
  });

  // @check 191
  it('a nonce is good for its minute and two more, beside newer ones, and for every endpoint', async () => {
    const first = (await ask(await prover.proof())).headers.get('dpop-nonce') ?? '';
    server.clock.advance(60);
    const second = (await ask(await prover.proof({ nonce: first }))).headers.get('dpop-nonce') ?? '';
    expect(second).not.toBe(first);
    expect((await ask(await prover.proof({ nonce: second }))).status).toBe(200);
    server.clock.advance(60);
    expect((await ask(await prover.proof({ nonce: first }))).status).toBe(200);
    server.clock.advance(60);
    expect(await answerTo(await prover.proof({ nonce: first }))).toEqual({ status: 400, error: 'use_dpop_nonce' });
  });

  it('a nonce of anybody else is answered with one of ours', async () => {
    const own = (await ask(await prover.proof())).headers.get('dpop-nonce') ?? '';
    for (const nonce of ['anything', '', own.slice(0, -1), `${own}.x`, 'zzzzzzzzzzzzzzzz.x'])
      expect(await answerTo(await prover.proof({ nonce }))).toEqual({ status: 400, error: 'use_dpop_nonce' });
    expect(await answerTo(await prover.proof({ claims: { nonce: 7 } }))).toMatchObject({ error: 'use_dpop_nonce' });
  });

  it('dated ahead, a proof cannot be used a second time when its time has come', async () => {
    const nonce = (await ask(await prover.proof())).headers.get('dpop-nonce') ?? '';
    const iat = Math.floor(server.clock.now().getTime() / 1000) + 3600;
    const proof = await prover.proof({ nonce, claims: { iat } });
    expect((await ask(proof)).status).toBe(200);
    server.clock.advance(3600);
    expect((await ask(proof)).status).toBe(400);
  });
});

// @check 23, 191, 213
it('browser applications of other origins may send whatever headers they have, and read the nonce', async () => {
  const preflight = await fetch(`${server.url}${TOKEN}`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://spa.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'dpop,mcp-protocol-version',
    },
  });
  expect(preflight.headers.get('access-control-allow-headers')).toBe('dpop,mcp-protocol-version');
  expect(preflight.headers.has('access-control-allow-credentials')).toBe(false);
  const answer = await server.post(
    TOKEN,
    { grant_type: 'client_credentials' },
    { ...client.basic, origin: 'https://spa.example', dpop: await prover.proof() },
  );
  expect(answer.headers.get('access-control-expose-headers')).toMatch(/DPoP-Nonce, WWW-Authenticate/);
  const plain = await server.post(TOKEN, { grant_type: 'client_credentials' }, client.basic);
  expect(plain.headers.has('dpop-nonce')).toBe(false);
});
