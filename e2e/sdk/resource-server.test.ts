import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import Fastify from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../packages/client/src/index.js';
import {
  createResourceGuard,
  createTokenVerifier,
  decodeJwt,
  type TokenVerifierOptions,
  type VerifiedToken,
} from '../../packages/client/src/jwt.js';
import type { GivenClient, GivenUser } from '../../packages/server/test/support/given.js';
import { startServer } from '../../packages/server/test/support/server.js';
import { openFaultyDoor } from '../login/support/faulty-door.js';
import { withServer } from './support.js';

/** An API that believes tokens of our own server, in each of the frameworks that the guard is made for. */

const api = 'https://api.example.com';
const { server, url, key, revokeKey, isActive } = withServer({ 'tokens.default_audience': api });
let user: GivenUser;
let app: GivenClient;
let ownClient: GivenClient;
beforeAll(async () => {
  app = await server().given.client();
  ownClient = await server().given.client({ name: 'The API itself' });
});
beforeEach(async () => {
  user = await server().given.user();
});

const verifier = (options: Partial<TokenVerifierOptions> = {}) =>
  createTokenVerifier({
    issuer: url(),
    audience: api,
    clientId: ownClient.clientId,
    clientSecret: Secret.from(ownClient.secret),
    ...options,
  });
const personal = (scope = 'openid read offline_access', parameters: Record<string, string> = {}) =>
  server().given.tokens({ user, client: app, scope, parameters });
async function revoke(token: string): Promise<void> {
  await server().post('/api/v1/oauth/revoke', { token }, app.basic);
  expect(await isActive(token)).toBe(false);
}

describe('a verifier of tokens of our server', () => {
  // @rule 3.31
  it('believes an access token by its signature, and asks for nothing but the keys', async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      asked.push(new URL(input instanceof Request ? input.url : String(input)).pathname);
      return globalThis.fetch(input, init);
    };
    const one = verifier({ fetch, introspection: 'fallback' });
    const { access_token: token } = await personal();
    expect(await one.verify(token, { scopes: ['read'] })).toMatchObject({
      subject: user.user.id,
      clientId: app.clientId,
      scopes: ['openid', 'read', 'offline_access'],
      via: 'signature',
    });
    await one.verify((await personal()).access_token);
    expect(asked).toEqual(['/.well-known/openid-configuration', '/.well-known/jwks.json']);
  });

  // @rule 3.31
  it('refuses what was not issued for it, is no access token, or has ended', async () => {
    const tokens = await personal();
    const elsewhere = await personal('openid read', { resource: 'https://other.example.com' });
    const refusal = (token: string, options: Partial<TokenVerifierOptions> = {}) =>
      verifier(options)
        .verify(token)
        .catch((error: { problem: string }) => error.problem);
    expect(await refusal(elsewhere.access_token)).toBe('audience');
    expect(await refusal(tokens.access_token, { audience: 'https://other.example.com' })).toBe('audience');
    expect(['type', 'audience']).toContain(await refusal(tokens.id_token ?? ''));
    expect(await refusal(tokens.refresh_token ?? '')).toBe('malformed');
    expect(await refusal(`${tokens.access_token.slice(0, -6)}AAAAAA`)).toBe('signature');
    const later = { now: () => Date.now() + 3_661_000, sleep: () => Promise.resolve() };
    expect(await refusal(tokens.access_token, { clock: later })).toBe('expired');
    await expect(verifier().verify(tokens.access_token, { scopes: ['write'] })).rejects.toMatchObject({
      code: 'insufficient_scope',
      missing: ['write'],
    });
  });

  // @rule 3.32
  it('introspects API keys where it may, and refuses a key that was revoked', async () => {
    const { id, secret } = await key(user, 'read');
    await expect(verifier().verify(secret)).rejects.toMatchObject({ problem: 'malformed' });
    const one = verifier({ introspection: 'fallback' });
    expect(await one.verify(secret, { scopes: ['read'] })).toMatchObject({
      subject: user.user.id,
      scopes: ['read'],
      via: 'introspection',
    });
    await revokeKey(user, id);
    await expect(verifier({ introspection: 'fallback' }).verify(secret)).rejects.toMatchObject({ problem: 'revoked' });
    await one.forget(secret);
    await expect(one.verify(secret)).rejects.toMatchObject({ problem: 'revoked' });
  });

  // @rule 3.32
  it('sees the revocation of an access token when it always asks, and not before its end when it never does', async () => {
    const { access_token: token } = await personal();
    const always = verifier({ introspection: 'always', introspectionCacheSeconds: 0 });
    const never = verifier();
    expect(await always.verify(token)).toMatchObject({ subject: user.user.id });
    await revoke(token);
    await expect(always.verify(token)).rejects.toMatchObject({ problem: 'revoked' });
    expect(await never.verify(token)).toMatchObject({ subject: user.user.id });
  });

  it('is told when its own secret is wrong: that is no fault of the caller', async () => {
    const wrong = verifier({ introspection: 'fallback', clientSecret: Secret.from('cs_wrong') });
    const { secret } = await key(user, 'read');
    await expect(wrong.verify(secret)).rejects.toMatchObject({ oauthError: 'invalid_client' });
  });

  // @rule 3.35
  it('is not needed to read a token, which then proves nothing', async () => {
    const { access_token: token } = await personal();
    const { header, payload, expiresAt } = decodeJwt(token);
    expect(header).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(payload).toMatchObject({ iss: url(), sub: user.user.id, aud: api });
    expect(expiresAt?.getTime()).toBe((payload.exp ?? 0) * 1000);
  });
});

interface Api {
  readonly name: string;
  readonly url: string;
}

describe('the guard', () => {
  const apis: Api[] = [];
  const closing: (() => unknown)[] = [];
  afterAll(() => Promise.all(closing.map((close) => close())));

  beforeAll(async () => {
    const guard = createResourceGuard({
      verifier: verifier({ introspection: 'fallback', introspectionCacheSeconds: 0 }),
      resourceMetadata: `${api}/.well-known/oauth-protected-resource`,
    });
    const who = ({ subject, clientId, scopes }: VerifiedToken) => ({ subject, clientId, scopes });

    const read = guard.node((_request, response, token) => response.end(JSON.stringify(who(token))), {
      scopes: ['read'],
    });
    const plain = createServer((request, response) => void read(request, response));

    const withExpress = express();
    withExpress.get('/', guard.express({ scopes: ['read'] }), (request, response) => {
      response.json(who((request as typeof request & { auth: VerifiedToken }).auth));
    });
    const expressServer = createServer(withExpress);

    const withFastify = Fastify();
    withFastify.addHook('onRequest', guard.fastify({ scopes: ['read'] }));
    withFastify.get('/', (request) => who((request as typeof request & { auth: VerifiedToken }).auth));
    apis.push({ name: 'Fastify', url: await withFastify.listen({ host: '127.0.0.1', port: 0 }) });
    closing.push(() => withFastify.close());

    for (const [name, one] of [
      ['node:http', plain],
      ['Express', expressServer],
    ] as const) {
      await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
      apis.push({ name, url: `http://127.0.0.1:${(one.address() as AddressInfo).port}` });
      closing.push(() => one.close());
    }
  });

  const ask = (one: Api, token?: string) =>
    fetch(one.url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  const everywhere = (check: (one: Api) => Promise<void>) => Promise.all(apis.map(check));

  // @rule 3.33
  it('lets people, programs and API keys in, and tells the handler who it is', async () => {
    const { access_token: person } = await personal();
    const { secret } = await key(user, 'read');
    const answer = await server().post(
      '/api/v1/oauth/token',
      { grant_type: 'client_credentials', scope: 'read' },
      app.basic,
    );
    const { access_token: machine } = (await answer.json()) as { access_token: string };
    await everywhere(async (one) => {
      expect(await (await ask(one, person)).json(), one.name).toMatchObject({ subject: user.user.id });
      expect(await (await ask(one, secret)).json(), one.name).toMatchObject({
        subject: user.user.id,
        scopes: ['read'],
      });
      expect(await (await ask(one, machine)).json(), one.name).toMatchObject({ clientId: app.clientId });
    });
  });

  // @rule 3.33
  it('answers the others by the book', async () => {
    const { access_token: narrow } = await personal('openid');
    const { access_token: foreign } = await personal('openid read', { resource: 'https://other.example.com' });
    const { id, secret } = await key(user, 'read');
    await revokeKey(user, id);
    const metadata = `resource_metadata="${api}/.well-known/oauth-protected-resource"`;
    await everywhere(async (one) => {
      const missing = await ask(one);
      expect([missing.status, missing.headers.get('www-authenticate')], one.name).toEqual([401, `Bearer ${metadata}`]);
      const refused = await ask(one, narrow);
      expect(refused.status, one.name).toBe(403);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope".*scope="read"/);
      for (const token of [foreign, secret, 'authly_pat_wrong', 'eyJ.eyJ.x']) {
        const wrong = await ask(one, token);
        expect(wrong.status, one.name).toBe(401);
        expect(wrong.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
        expect(wrong.headers.get('cache-control')).toBe('no-store');
        expect(await wrong.json()).toMatchObject({ error: 'invalid_token' });
      }
      const unreadable = await fetch(one.url, { headers: { authorization: 'Bearer a b' } });
      expect(unreadable.status, one.name).toBe(400);
    });
  });
});

describe('an API whose authorization server is gone', () => {
  // @rule 3.33
  it('goes on with signatures that it can check, and asks the others to come back', async () => {
    const door = await openFaultyDoor();
    const gone = await startServer({ settings: { issuer: door.url, 'tokens.default_audience': api } });
    try {
      door.leadTo(gone.url);
      const [person, client] = await Promise.all([gone.given.user(), gone.given.client()]);
      const { access_token: token } = await gone.given.passwordTokens(person, ['openid', 'profile']);
      const guard = createResourceGuard({
        verifier: createTokenVerifier({
          issuer: door.url,
          audience: api,
          introspection: 'fallback',
          clientId: client.clientId,
          clientSecret: Secret.from(client.secret),
        }),
      });
      const decide = (bearer: string) => guard.decide({ headers: { authorization: `Bearer ${bearer}` } });
      expect(await decide(token)).toMatchObject({ allowed: true });
      await door.close();
      expect(await decide(token)).toMatchObject({ allowed: true });
      expect(await decide('authly_pat_0000000000')).toMatchObject({
        allowed: false,
        refusal: { status: 503, headers: { 'retry-after': '5' } },
      });
    } finally {
      await gone.stop();
    }
  });
});
