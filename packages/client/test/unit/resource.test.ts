import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/index.js';
import {
  createResourceGuard,
  createTokenVerifier,
  decodeJwt,
  type ResourceGuardOptions,
  type TokenVerifierOptions,
  type VerifiedToken,
} from '../../src/jwt.js';
import { createFakeClock } from '../../src/testing.js';
import { issuer, metadata } from '../support/scripted-server.js';

const audience = 'https://api.example.com';
type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

describe('a resource server', () => {
  let keys: Keys;
  let others: Keys;
  beforeAll(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
    others = await generateKeyPair('ES256', { extractable: true });
  });
  const clock = createFakeClock();
  const seconds = () => Math.floor(clock.now() / 1000);

  const token = (claims: object = {}, header: object = {}, key = keys.privateKey) =>
    new SignJWT({ client_id: 'cli', scope: 'vms:read', jti: 'j', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', ...header })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('alice')
      .setIssuedAt(seconds())
      .setExpirationTime(seconds() + 300)
      .sign(key);

  /** The authorization server of these tests: metadata, keys, introspection, and a switch for an outage. */
  function server() {
    const state = { down: false, active: true, asked: [] as string[], introspected: 0 };
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const url = String(input instanceof Request ? input.url : input);
      state.asked.push(url);
      if (state.down) throw new TypeError('fetch failed');
      const answer = (body: object, status = 200) => Response.json(body, { status });
      if (url.endsWith('openid-configuration')) return answer(metadata);
      if (url === metadata.jwks_uri)
        return answer({ keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256', kid: 'k1' }] });
      if (url !== metadata.introspection_endpoint) return answer({}, 404);
      state.introspected += 1;
      const presented = new URLSearchParams(String(init?.body)).get('token');
      const known = {
        active: true,
        sub: 'alice',
        scope: 'vms:read',
        aud: audience,
        client_id: 'cli',
        exp: seconds() + 300,
      };
      return answer(state.active && presented !== 'unknown' ? known : { active: false });
    };
    return { state, fetch };
  }
  function verifier(options: Partial<TokenVerifierOptions> = {}) {
    const { state, fetch } = server();
    const made = createTokenVerifier({
      issuer,
      audience,
      fetch,
      clock,
      clientId: 'api',
      clientSecret: Secret.from('s'),
      ...options,
    });
    return { state, verifier: made };
  }

  describe('verifying a token', () => {
    // @rule 3.31
    it('believes a good one and says whose it is', async () => {
      expect(await verifier().verifier.verify(await token())).toMatchObject({
        subject: 'alice',
        clientId: 'cli',
        scopes: ['vms:read'],
        via: 'signature',
      });
    });

    const unsigned = () =>
      `${btoa('{"alg":"none","typ":"at+jwt"}').replaceAll('=', '')}.${btoa('{}').replaceAll('=', '')}.x`;
    it.each<[string, () => string | Promise<string>, string]>([
      ['no signature', unsigned, 'signature'],
      ['the signature of another key', () => token({}, {}, others.privateKey), 'signature'],
      ['an unknown key', () => token({}, { kid: 'k9' }), 'signature'],
      ['another audience', () => token({ aud: 'x' }).then(() => resign({ aud: 'https://other.example' })), 'audience'],
      ['another issuer', () => resign({ iss: 'https://evil.example' }), 'issuer'],
      ['an end in the past', () => resign({ exp: seconds() - 61 }), 'expired'],
      ['a beginning in the future', () => resign({ nbf: seconds() + 120 }), 'not_yet_valid'],
      ['the type of an ID token', () => token({}, { typ: 'JWT' }), 'type'],
      ['no type', () => token({}, { typ: undefined }), 'type'],
      ['no client', () => token({ client_id: undefined }), 'claim'],
      ['a binding that cannot be checked', () => token({ cnf: { 'x5t#S256': 'x' } }), 'claim'],
      ['no form at all', () => 'authly_pat_x', 'malformed'],
    ])('refuses one with %s', async (_name, make, problem) => {
      await expect(verifier().verifier.verify(await make())).rejects.toMatchObject({ code: 'token_invalid', problem });
    });

    const resign = (claims: object) =>
      new SignJWT({
        iss: issuer,
        aud: audience,
        sub: 'alice',
        client_id: 'cli',
        jti: 'j',
        iat: seconds(),
        exp: seconds() + 300,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
        .sign(keys.privateKey);

    it('believes a plain JWT only where it was told to', async () => {
      const { verifier: lenient } = verifier({ tokenType: 'any' });
      for (const typ of ['JWT', undefined]) {
        const plain = await token({}, { typ });
        expect(await lenient.verify(plain)).toMatchObject({ subject: 'alice' });
        await expect(verifier().verifier.verify(plain)).rejects.toMatchObject({ problem: 'type' });
      }
    });

    // @rule 3.31
    it('never takes a shared secret for a key', async () => {
      const key = new TextEncoder().encode('a shared secret of sufficient length');
      const forged = await new SignJWT({}).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(key);
      const { verifier: eager } = verifier({ algorithms: ['HS256', 'none'] });
      await expect(eager.verify(forged)).rejects.toMatchObject({ code: 'token_invalid' });
    });

    it('names the scopes that are missing', async () => {
      const { verifier: made } = verifier();
      await expect(made.verify(await token(), { scopes: ['vms:read', 'vms:write'] })).rejects.toMatchObject({
        missing: ['vms:write'],
      });
    });

    it('forgives a minute between the clocks and no more', async () => {
      const { verifier: made } = verifier();
      expect(await made.verify(await resign({ exp: seconds() - 59 }))).toBeDefined();
      await expect(made.verify(await resign({ exp: seconds() - 60 }))).rejects.toMatchObject({ problem: 'expired' });
    });

    it('goes on with the keys that it knows while the server is away', async () => {
      const { state, verifier: made } = verifier();
      await made.verify(await token());
      state.down = true;
      expect(await made.verify(await token())).toMatchObject({ subject: 'alice' });
    });

    it('says that the server cannot be asked, not that the token is wrong', async () => {
      const { state, verifier: made } = verifier();
      state.down = true;
      await expect(made.verify(await token())).rejects.toMatchObject({ code: 'network_error', retryable: true });
    });

    it('asks the server about opaque tokens only, with fallback', async () => {
      const { state, verifier: made } = verifier({ introspection: 'fallback' });
      expect(await made.verify('authly_pat_x')).toMatchObject({ subject: 'alice', via: 'introspection' });
      await made.verify(await token());
      expect(state.introspected).toBe(1);
      await expect(made.verify('unknown')).rejects.toMatchObject({ problem: 'revoked' });
    });

    // @rule 3.32
    it('sees a revocation within seconds, with always, and spares the server in between', async () => {
      const { state, verifier: made } = verifier({ introspection: 'always' });
      const presented = await token();
      await Promise.all([made.verify(presented), made.verify(presented), made.verify(presented)]);
      expect(state.introspected).toBe(1);
      state.active = false;
      await clock.advance(9_000);
      await made.verify(presented);
      await clock.advance(1_000);
      await expect(made.verify(presented)).rejects.toMatchObject({ problem: 'revoked' });
    });

    it('sees a revocation at once when it is told', async () => {
      const { state, verifier: made } = verifier({ introspection: 'always' });
      const presented = await token();
      await made.verify(presented);
      state.active = false;
      await made.forget(presented);
      await expect(made.verify(presented)).rejects.toMatchObject({ problem: 'revoked' });
    });
  });

  describe('guarding an API', () => {
    const closing: (() => unknown)[] = [];
    afterEach(() => Promise.all(closing.splice(0).map((close) => close())));
    const guardFor = (options: Partial<ResourceGuardOptions> = {}) => {
      const made = verifier({ introspection: 'fallback' });
      return {
        ...made,
        guard: createResourceGuard({ verifier: made.verifier, scopes: ['vms:read'], clock, ...options }),
      };
    };
    async function listening(handler: Parameters<typeof createServer>[1]) {
      const http = createServer(handler);
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      closing.push(() => http.close());
      return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    }

    // @rule 3.33
    it('lets a good token through node:http and answers the others by the book', async () => {
      const { guard, state } = guardFor({
        resourceMetadata: 'https://api.example.com/.well-known/oauth-protected-resource',
      });
      const url = await listening(guard.node((_request, response, verified) => response.end(verified.subject)));
      const ask = (authorization?: string) => fetch(url, { headers: authorization ? { authorization } : {} });
      expect(await (await ask(`Bearer ${await token()}`)).text()).toBe('alice');
      expect(await (await ask(`bearer ${await token()}`)).text()).toBe('alice');

      const nothing = await ask();
      expect(nothing.status).toBe(401);
      expect(nothing.headers.get('www-authenticate')).toBe(
        'Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"',
      );
      expect(nothing.headers.get('cache-control')).toBe('no-store');

      const wrong = await ask('Bearer unknown');
      expect(wrong.status).toBe(401);
      expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');

      const few = await ask(`Bearer ${await token({ scope: 'other' })}`);
      expect(few.status).toBe(403);
      expect(few.headers.get('www-authenticate')).toContain('scope="vms:read"');

      for (const odd of ['Bearer', 'Bearer a b', 'Bearer "x"']) expect((await ask(odd)).status).toBe(400);
      expect((await ask('Basic eDp5')).status).toBe(401);
      expect((await fetch(`${url}/?access_token=${await token()}`)).status).toBe(401);

      state.down = true;
      const away = await ask('Bearer another-opaque-token');
      expect(away.status).toBe(503);
      expect(away.headers.get('retry-after')).toBe('5');
    });

    // @rule 3.33
    it('is middleware for Express', async () => {
      const { guard } = guardFor();
      const middleware = guard.express({ scopes: ['vms:read'] });
      const url = await listening((request: Parameters<typeof middleware>[0], response) => {
        void middleware(request, response, () => response.end(request.auth?.subject));
      });
      expect(await (await fetch(url, { headers: { authorization: `Bearer ${await token()}` } })).text()).toBe('alice');
      expect((await fetch(url)).status).toBe(401);
    });

    // @rule 3.33
    it('is a hook for Fastify', async () => {
      const { guard } = guardFor();
      const app = Fastify();
      closing.push(() => app.close());
      app.get('/vms', { preHandler: guard.fastify() }, (request, reply) =>
        reply.send((request as { auth?: VerifiedToken }).auth?.subject),
      );
      const good = await app.inject({ url: '/vms', headers: { authorization: `Bearer ${await token()}` } });
      expect(good.body).toBe('alice');
      const bad = await app.inject({ url: '/vms' });
      expect(bad.statusCode).toBe(401);
      expect(bad.json()).toMatchObject({ error: 'invalid_token' });
    });

    // @rule 3.34
    it('lets a bound token in with a fresh proof only, and each proof once', async () => {
      const { guard } = guardFor({ publicUrl: audience });
      const pair = await generateKeyPair('ES256', { extractable: true });
      const jwk = await exportJWK(pair.publicKey);
      const bound = await token({ cnf: { jkt: await calculateJwkThumbprint(jwk) } });
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(bound));
      const ath = Buffer.from(digest).toString('base64url');
      const prove = (claims: object = {}) =>
        new SignJWT({ htm: 'GET', htu: `${audience}/vms`, ath, jti: crypto.randomUUID(), iat: seconds(), ...claims })
          .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
          .sign(pair.privateKey);
      const decide = async (scheme: string, dpop?: string) => {
        const headers = { authorization: `${scheme} ${bound}`, ...(dpop && { dpop }) };
        return (await guard.decide({ method: 'GET', url: '/vms?page=2', headers })).allowed;
      };
      const proof = await prove();
      const plain = await guard.decide({ method: 'GET', url: '/vms', headers: { authorization: `Bearer ${bound}` } });
      expect(plain).toMatchObject({
        refusal: {
          headers: { 'www-authenticate': expect.stringMatching(/^DPoP error="invalid_dpop_proof".*algs="ES256/) },
        },
      });
      expect(await decide('DPoP', proof)).toBe(true);
      expect(await decide('DPoP', proof)).toBe(false);
      expect(await decide('Bearer')).toBe(false);
      expect(await decide('DPoP')).toBe(false);
      for (const wrong of [
        { htm: 'POST' },
        { htu: 'https://other.example/vms' },
        { ath: 'x' },
        { iat: seconds() - 61 },
        { jti: undefined },
      ]) {
        expect(await decide('DPoP', await prove(wrong))).toBe(false);
      }
    });

    it('shares what it remembers of proofs with the other processes of the API', async () => {
      const used = new Set<string>();
      const proofMemory = { firstUse: (name: string) => !used.has(name) && used.add(name) !== undefined };
      const [one, other] = [
        guardFor({ publicUrl: audience, proofMemory }),
        guardFor({ publicUrl: audience, proofMemory }),
      ];
      const pair = await generateKeyPair('PS512', { extractable: true });
      const jwk = await exportJWK(pair.publicKey);
      const bound = await token({ cnf: { jkt: await calculateJwkThumbprint(jwk) } });
      const ath = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(bound))).toString(
        'base64url',
      );
      const dpop = await new SignJWT({ htm: 'GET', htu: `${audience}/vms`, ath, jti: 'once', iat: seconds() })
        .setProtectedHeader({ alg: 'PS512', typ: 'dpop+jwt', jwk })
        .sign(pair.privateKey);
      const request = { method: 'GET', url: '/vms', headers: { authorization: `DPoP ${bound}`, dpop } };
      expect((await one.guard.decide(request)).allowed).toBe(true);
      expect((await other.guard.decide(request)).allowed).toBe(false);
    });
  });

  // @rule 3.35
  it('reads a token for people without believing it', async () => {
    const decoded = decodeJwt(await token());
    expect(decoded.payload.sub).toBe('alice');
    expect(decoded.expiresAt?.getTime()).toBe((seconds() + 300) * 1000);
    expect(() => decodeJwt('authly_pat_x')).toThrow('not a JSON Web Token');
  });
});
