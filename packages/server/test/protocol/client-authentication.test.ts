import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
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

async function ask(
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; error?: string; headers: Headers; text: string }> {
  const response = await server.post('/api/v1/oauth/token', { grant_type: 'client_credentials', ...form }, headers);
  const text = await response.text();
  return {
    status: response.status,
    error: (JSON.parse(text) as { error?: string }).error,
    headers: response.headers,
    text,
  };
}

function basic(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

describe('client_secret_basic', () => {
  // @attack loose Basic credentials (node-oidc-provider 9.11.4, better-auth 9657)
  // @check 107
  it('decodes id and secret as form values: colon, space, percent, plus and UTF-8', async () => {
    const odd = await server.given.client({ clientId: 'odd:id with space+%é' });
    expect((await ask({}, odd.basic)).status).toBe(200);
    expect((await ask({}, basic(odd.clientId, odd.secret))).status).toBe(401);
  });

  // @check 109
  it('that fails is a 401 with a challenge', async () => {
    const refused = await ask({}, basic(client.clientId, 'wrong'));
    expect(refused).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(refused.headers.get('cache-control')).toContain('no-store');
  });

  it('that fails repeats the refusal in the challenge, for clients that never read the body', async () => {
    const { headers } = await ask({}, basic(client.clientId, 'wrong'));
    const challenge = headers.get('www-authenticate') ?? '';
    expect(challenge).toMatch(/^Basic realm="authly", charset="UTF-8", error="invalid_client", /);
    expect(challenge).toMatch(/error_description="Client authentication failed: [^"]+"$/);
    expect((await ask({}, { authorization: 'Basic !!!' })).headers.get('www-authenticate')).toContain('error="invalid');
  });

  it('is taken percent-encoded or raw', async () => {
    const odd = await server.given.client({ clientId: 'client_a-b%2Fc+d' });
    expect((await ask({}, basic('client%5Fa%2Db%252Fc%2Bd', odd.secret.replaceAll('_', '%5F')))).status).toBe(200);
    expect((await ask({}, basic(odd.clientId, odd.secret))).status).toBe(200);
    expect((await ask({ client_id: odd.clientId }, basic(odd.clientId, odd.secret))).status).toBe(200);
    expect((await ask({ client_id: 'client_other' }, basic(odd.clientId, odd.secret))).status).toBe(400);
    const broken = await server.given.client({ clientId: 'hundred%' });
    expect((await ask({}, basic(broken.clientId, broken.secret))).status).toBe(200);
    expect((await ask({}, basic(broken.clientId, `${broken.secret}x`))).status).toBe(401);
  });

  it('without a secret names a public client, and never one that has a secret', async () => {
    const open = await server.given.client({ type: 'public' });
    const grant = { grant_type: 'refresh_token', refresh_token: 'none' };
    expect((await ask(grant, basic(open.clientId, ''))).error).toBe('invalid_grant');
    expect((await ask(grant, basic(client.clientId, ''))).error).toBe('invalid_client');
    expect((await ask(grant, basic(open.clientId, 'something'))).error).toBe('invalid_client');
  });

  it.each([
    'Basic',
    'Basic ',
    'Basic !!!',
    `Basic ${Buffer.from('no-colon').toString('base64')}`,
    `Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}`,
    `Basic ${Buffer.from('id:%zz').toString('base64')}`,
  ])('that is malformed (%s) is a 401, never a 500', async (authorization) => {
    expect((await ask({}, { authorization })).status).toBe(401);
  });

  // @check 195
  it('takes the scheme in any case', async () => {
    const { authorization = '' } = client.basic as { authorization?: string };
    expect((await ask({}, { authorization: authorization.replace('Basic', 'bAsIc') })).status).toBe(200);
  });
});

describe('a client', () => {
  // @check 110
  it('may use one method only in a request', async () => {
    expect(await ask({ client_id: client.clientId, client_secret: client.secret }, client.basic)).toMatchObject({
      status: 400,
      error: 'invalid_request',
    });
    expect(await ask({ client_assertion: 'x', client_assertion_type: ASSERTION_TYPE }, client.basic)).toMatchObject({
      status: 400,
      error: 'invalid_request',
    });
  });

  // @attack missing secret taken for a public client (RFC 9700 §2.5)
  // @check 111
  it('registered for one method cannot use another', async () => {
    const post = await server.given.client({ authMethod: 'client_secret_post' });
    expect((await ask({ client_id: post.clientId, client_secret: post.secret })).status).toBe(200);
    expect((await ask({}, post.basic)).status).toBe(401);
    expect((await ask({ client_id: client.clientId, client_secret: client.secret })).error).toBe('invalid_client');
    expect((await ask({ client_id: client.clientId })).error).toBe('invalid_client');
  });

  it('that was told no method may send its secret in the header or in the form, and nothing else', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [{ ...(await exportJWK(publicKey)) }] };
    const either = await server.given.client({ authMethod: undefined, jwks });
    expect((await ask({}, either.basic)).status).toBe(200);
    expect((await ask({ client_id: either.clientId, client_secret: either.secret })).status).toBe(200);
    expect((await ask({ client_id: either.clientId })).error).toBe('invalid_client');
    const now = Math.floor(server.clock.now().getTime() / 1000);
    const assertion = await new SignJWT({ exp: now + 60, jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(either.clientId)
      .setSubject(either.clientId)
      .setAudience(server.url)
      .sign(privateKey);
    expect((await ask({ client_assertion: assertion, client_assertion_type: ASSERTION_TYPE })).error).toBe(
      'invalid_client',
    );
  });

  it('that sends the right secret in the wrong way is told so, and one that guesses is not', async () => {
    const right = await ask({ client_id: client.clientId, client_secret: client.secret });
    expect(right.text).toContain('registered for client_secret_basic; this request sent client_secret_post');
    const guess = await ask({ client_id: client.clientId, client_secret: 'guess' });
    expect(guess.text).not.toContain('this request sent');
    const unknown = await ask({ client_id: 'client_nobody', client_secret: 'guess' });
    expect(guess.text).toBe(unknown.text);
  });

  // @check 112
  it('that is unknown gets the same answer as one with a wrong secret', async () => {
    const unknown = await ask({}, basic('client_nobody', 'wrong'));
    const wrong = await ask({}, basic(client.clientId, 'wrong'));
    expect(unknown.text).toBe(wrong.text);
    expect(unknown.status).toBe(wrong.status);
  });

  // @attack missing secret taken for a public client (RFC 9700 §2.5)
  // @check 113
  it('that is confidential is not served without credentials, nor with empty ones', async () => {
    expect((await ask({ client_id: client.clientId })).error).toBe('invalid_client');
    expect((await ask({ client_id: client.clientId, client_secret: '' })).error).toBe('invalid_client');
    expect((await ask({}, basic(client.clientId, ''))).error).toBe('invalid_client');
    expect((await ask({})).error).toBe('invalid_client');
  });

  // @check 108, 126
  it('cannot send its secret in the query string', async () => {
    const post = await server.given.client({ authMethod: 'client_secret_post' });
    const query = new URLSearchParams({
      client_id: post.clientId,
      client_secret: post.secret,
      grant_type: 'client_credentials',
    });
    const response = await server.post(`/api/v1/oauth/token?${query.toString()}`, { grant_type: 'client_credentials' });
    expect(response.status).toBe(401);
  });

  it('with two secrets can use both until the old one ends', async () => {
    const app = await server.given.client();
    const secret = 'cs_second-secret-of-this-client-0123456789abcdef';
    const overlapUntil = new Date(server.clock.now().getTime() + 60_000);
    await server.context.store.clients.addSecret(
      app.clientId,
      { id: randomUUID(), hash: server.context.hashing.tokenHash(secret) },
      { now: server.clock.now(), overlapUntil },
    );
    await expect.poll(async () => (await ask({}, basic(app.clientId, secret))).status).toBe(200);
    expect((await ask({}, app.basic)).status).toBe(200);
    server.clock.advance(61);
    expect((await ask({}, app.basic)).status).toBe(401);
    expect((await ask({}, basic(app.clientId, secret))).status).toBe(200);
  });

  // @check 123
  it('that keeps guessing secrets is told to wait, and the right secret still works', async () => {
    const app = await server.given.client();
    const guesses = await Promise.all(
      Array.from({ length: 70 }, (_, index) => ask({}, basic(app.clientId, `guess${index}`))),
    );
    expect(guesses.some((guess) => guess.status === 429 && guess.headers.has('retry-after'))).toBe(true);
    expect((await ask({}, app.basic)).status).toBe(200);
  });
});

describe('private_key_jwt', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let app: GivenClient;

  beforeAll(async () => {
    app = await keyClient(publicKey);
  });

  async function keyClient(key: KeyObject): Promise<GivenClient> {
    const jwk = { ...(await exportJWK(key)), kid: 'k1', alg: 'ES256', use: 'sig' };
    return server.given.client({ authMethod: 'private_key_jwt', jwks: { keys: [jwk] } });
  }

  function now(): number {
    return Math.floor(server.clock.now().getTime() / 1000);
  }

  function assertion(
    changes: JWTPayload = {},
    header: Record<string, unknown> = {},
    key: KeyObject | Uint8Array = privateKey,
  ): Promise<string> {
    const claims: JWTPayload = {
      iss: app.clientId,
      sub: app.clientId,
      aud: server.url,
      exp: now() + 60,
      iat: now(),
      jti: randomUUID(),
      ...changes,
    };
    return new SignJWT(Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)))
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
      .sign(key);
  }

  async function present(jwt: string, form: Record<string, string> = {}): Promise<{ status: number; error?: string }> {
    return ask({ client_assertion: jwt, client_assertion_type: ASSERTION_TYPE, ...form });
  }

  it('lets a client in with its key', async () => {
    expect((await present(await assertion())).status).toBe(200);
    expect((await present(await assertion(), { client_id: app.clientId })).status).toBe(200);
  });

  // @check 114, 116
  it.each([
    ['iss of another', { iss: 'client_other' }],
    ['sub of another', { sub: 'client_other' }],
    ['no iss', { iss: undefined }],
    ['no sub', { sub: undefined }],
    ['no aud', { aud: undefined }],
    ['no exp', { exp: undefined }],
    ['no jti', { jti: undefined }],
    ['exp past', { exp: -120 }],
    ['exp far ahead', { exp: 7200 }],
    ['nbf ahead', { nbf: 300 }],
    ['iat ahead', { iat: 300 }],
  ] as [string, JWTPayload][])('refuses an assertion with %s', async (_name, change) => {
    const relative = Object.fromEntries(
      Object.entries(change).map(([name, value]) => [name, typeof value === 'number' ? now() + value : value]),
    );
    expect((await present(await assertion(relative))).error).toBe('invalid_client');
  });

  // @check 114
  it('tolerates a clock that is a little ahead', async () => {
    expect((await present(await assertion({ iat: now() + 8, nbf: now() + 8 }))).status).toBe(200);
  });

  // @attack assertion replayed (GHSA-3p3g-vpw6-4w66)
  // @check 115
  it('takes only the issuer as the audience, as a string', async () => {
    expect((await present(await assertion({ aud: `${server.url}/api/v1/oauth/token` }))).error).toBe('invalid_client');
    expect((await present(await assertion({ aud: [server.url] }))).error).toBe('invalid_client');
    expect((await present(await assertion({ aud: 'https://other.example' }))).error).toBe('invalid_client');
  });

  // @attack assertion replayed (GHSA-3p3g-vpw6-4w66)
  // @check 117
  it('takes an assertion once', async () => {
    const jwt = await assertion();
    expect((await present(jwt)).status).toBe(200);
    expect((await present(jwt)).error).toBe('invalid_client');
    const twice = await assertion();
    const both = await Promise.all([present(twice), present(twice), present(twice)]);
    expect(both.filter((one) => one.status === 200)).toHaveLength(1);
  });

  // @attack algorithm confusion (RFC 8725)
  // @check 118, 119
  it('refuses other algorithms, other keys, and keys that come with the assertion', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = new TextEncoder().encode(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    expect((await present(await assertion({}, {}, stranger.privateKey))).error).toBe('invalid_client');
    expect(
      (await present(await assertion({}, { jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey))).error,
    ).toBe('invalid_client');
    expect((await present(await assertion({}, { alg: 'HS256' }, pem))).error).toBe('invalid_client');
    const [header, payload] = (await assertion()).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect((await present(`${none}.${payload}.`)).error).toBe('invalid_client');
    expect((await present(`${header}.${payload}.AAAA`)).error).toBe('invalid_client');
    expect((await present('not-a-jwt')).error).toBe('invalid_client');
  });

  // @check 120
  it('refuses a wrong assertion type and a client_id that differs from sub', async () => {
    expect((await ask({ client_assertion: await assertion(), client_assertion_type: 'urn:other' })).error).toBe(
      'invalid_client',
    );
    expect((await ask({ client_assertion: await assertion() })).error).toBe('invalid_client');
    expect((await present(await assertion(), { client_id: client.clientId })).error).toBe('invalid_client');
  });
});
